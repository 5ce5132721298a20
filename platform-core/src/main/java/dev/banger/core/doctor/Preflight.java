package dev.banger.core.doctor;

import dev.banger.core.doctor.DoctorCheck.Need;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Asks the doctor before a request begins. That all is well is remembered for five minutes, so that
 * requests in a row pay once; what is missing is looked at again each time. Thread-safe.
 */
public final class Preflight {
  private static final Duration REMEMBERED = Duration.ofMinutes(5);

  private final Doctor doctor;
  private final InstantSource clock;
  private final Map<Set<Need>, Instant> well = new ConcurrentHashMap<>();

  public Preflight(Doctor doctor) {
    this(doctor, InstantSource.system());
  }

  Preflight(Doctor doctor, InstantSource clock) {
    this.doctor = doctor;
    this.clock = clock;
  }

  /**
   * @throws dev.banger.core.model.BangerException of kind UNAVAILABLE with everything that is
   *     missing and how to mend it
   */
  public void require(Set<Need> needs) throws InterruptedException {
    Instant now = clock.instant();
    Instant seen = well.get(needs);
    // A clock that was set back must not make an old answer eternal.
    if (seen != null && !now.isBefore(seen) && now.isBefore(seen.plus(REMEMBERED))) {
      return;
    }
    doctor.preflight(needs);
    well.put(Set.copyOf(needs), now);
  }
}
