package dev.banger.api;

import java.util.Objects;

/** What a step found when it looked. */
public sealed interface Observed<R extends Record> {
  /** It is there as it should be; the receipt is kept as given here. */
  record Present<R extends Record>(R receipt) implements Observed<R> {
    public Present {
      Objects.requireNonNull(receipt);
    }
  }

  /** It is not there any more. */
  record Gone<R extends Record>() implements Observed<R> {}

  /**
   * It is there, but not as it should be.
   *
   * @param receipt what {@link LifecycleStep#stop} is to be given
   */
  record Drifted<R extends Record>(R receipt, String what) implements Observed<R> {
    public Drifted {
      Objects.requireNonNull(receipt);
      Objects.requireNonNull(what);
    }
  }

  /** Cannot tell. The receipt is believed. */
  record Unknown<R extends Record>() implements Observed<R> {}

  static <R extends Record> Observed<R> present(R receipt) {
    return new Present<>(receipt);
  }

  static <R extends Record> Observed<R> gone() {
    return new Gone<>();
  }

  static <R extends Record> Observed<R> drifted(R receipt, String what) {
    return new Drifted<>(receipt, what);
  }
}
