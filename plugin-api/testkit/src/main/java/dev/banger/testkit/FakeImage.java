package dev.banger.testkit;

import dev.banger.api.ImageView;

/** An image that is only talked about. */
public record FakeImage(String name, String description, String kernel, long diskMiB)
    implements ImageView {
  /** An image of 64 MiB. */
  public static FakeImage named(String name) {
    return new FakeImage(name, "", "6.1.0-35-cloud-amd64", 64);
  }
}
