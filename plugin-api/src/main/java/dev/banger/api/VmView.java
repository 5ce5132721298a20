package dev.banger.api;

import java.time.Instant;
import java.util.Map;

/** A VM as it was when it was looked up. Immutable. */
public interface VmView {
  /** 12 lower-case hexadecimal digits; the same for the VM's whole life, never used again. */
  String id();

  String name();

  /** Name of the image it was made from. */
  String image();

  /**
   * {@code stopped}, {@code starting}, {@code running}, {@code stopping}, {@code failed}, {@code
   * cleanupPending} or {@code deleting}; more may come.
   */
  String state();

  /** The VM's own address on this host, for example {@code 127.77.0.5}; may be empty. */
  String address();

  /** Its network: as it is while the VM runs, else as it would be. */
  NetworkView network();

  Instant createdAt();

  Map<String, String> labels();

  default boolean isRunning() {
    return state().equals("running");
  }
}
