package dev.banger.testkit;

import dev.banger.api.VmView;
import java.time.Instant;
import java.util.Map;

/** A VM that is only talked about. */
public record FakeVm(
    String id,
    String name,
    String image,
    String state,
    String address,
    Instant createdAt,
    Map<String, String> labels)
    implements VmView {
  /** A running VM with an id made from its name. */
  public static FakeVm running(String name) {
    return new FakeVm(
        "%012x".formatted(name.hashCode() & 0xffffffffL),
        name,
        "tiny",
        "running",
        "127.77.0.2",
        Instant.EPOCH,
        Map.of());
  }

  public FakeVm in(String newState) {
    return new FakeVm(id, name, image, newState, address, createdAt, labels);
  }
}
