package dev.banger.agent;

import dev.banger.protocol.FailureKind;
import java.io.IOException;
import java.util.List;

/** Sets the guest's clock, to the second, when it is off by more than that. */
final class Clock {
  private static final long MICROS = 1_000_000;
  private static final long SECONDS = 10;

  private final Surroundings surroundings;

  Clock(Surroundings surroundings) {
    this.surroundings = surroundings;
  }

  void set(long micros) throws IOException, InterruptedException, RequestException {
    if (micros <= 0) {
      throw new RequestException(FailureKind.INVALID, "no such time: " + micros);
    }
    long off = System.currentTimeMillis() * 1_000 - micros;
    if (Math.abs(off) <= MICROS) {
      return;
    }
    long rounded = (micros + MICROS / 2) / MICROS;
    Tool.check(SECONDS, List.of(surroundings.busybox(), "date", "-u", "-s", "@" + rounded));
  }
}
