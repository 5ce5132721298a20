package dev.banger.core.plugins;

import dev.banger.api.ImageView;
import dev.banger.core.model.Image;

/** What a plugin sees of an {@link Image}. */
record ImageSnapshot(String name, String description, String kernel, long diskMiB)
    implements ImageView {
  static ImageSnapshot of(Image image) {
    return new ImageSnapshot(
        image.name(), image.description(), image.kernelVersion(), image.diskMiB());
  }
}
