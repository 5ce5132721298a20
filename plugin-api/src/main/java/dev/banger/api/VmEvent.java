package dev.banger.api;

import java.time.Instant;

/** Something that happened to a VM. */
public interface VmEvent {
  /**
   * {@code created}, {@code started}, {@code stopped}, {@code crashed}, {@code failed} (a start
   * that failed) or {@code deleted}; more may come.
   */
  String type();

  Instant at();

  /** The VM right after it. */
  VmView vm();

  /** Why, for {@code crashed} and {@code failed}; else empty. */
  String reason();
}
