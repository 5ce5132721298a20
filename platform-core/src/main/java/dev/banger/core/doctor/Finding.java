package dev.banger.core.doctor;

import dev.banger.core.doctor.DoctorCheck.Status;

/**
 * What one check found.
 *
 * @param fixed what was done about it before it was looked at once more; mostly empty
 */
public record Finding(
    String id, String source, Status status, String summary, String remedy, String fixed) {
  /** Nothing was done about it. */
  public Finding(String id, String source, Status status, String summary, String remedy) {
    this(id, source, status, summary, remedy, "");
  }

  Finding fixedBy(String what) {
    return new Finding(id, source, status, summary, remedy, what);
  }

  Finding notFixedBecause(String reason) {
    return status == Status.OK
        ? this
        : new Finding(id, source, status, summary + "; not mended: " + reason, remedy, fixed);
  }
}
