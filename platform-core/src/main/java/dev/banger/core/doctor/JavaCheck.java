package dev.banger.core.doctor;

/** The runtime this daemon runs on. */
record JavaCheck(Runtime.Version version) implements DoctorCheck {
  private static final int OLDEST = 25;

  @Override
  public String id() {
    return "java";
  }

  @Override
  public Result run() {
    return version.feature() >= OLDEST
        ? Result.ok(version.toString())
        : Result.fail(
            "this is Java %s, and %d is the oldest that works".formatted(version, OLDEST),
            "start banger with its own runtime: dist/bin/banger");
  }
}
