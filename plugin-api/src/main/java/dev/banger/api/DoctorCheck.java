package dev.banger.api;

/** Looks whether the host has what the plugin needs. */
@FunctionalInterface
public interface DoctorCheck {
  /** Changes nothing. Runs in parallel with other checks. Deadline: 5 s. */
  Outcome run(PluginContext context) throws Exception;

  /**
   * @param status for programs
   * @param summary one line: what was found
   * @param remedy what to type or do; required unless all is well, empty then
   */
  record Outcome(Status status, String summary, String remedy) {
    public Outcome {
      if (status != Status.OK && remedy.isBlank()) {
        throw new IllegalArgumentException("a check that is not ok says what to do about it");
      }
    }

    public static Outcome ok(String summary) {
      return new Outcome(Status.OK, summary, "");
    }

    public static Outcome warn(String summary, String remedy) {
      return new Outcome(Status.WARN, summary, remedy);
    }

    public static Outcome fail(String summary, String remedy) {
      return new Outcome(Status.FAIL, summary, remedy);
    }
  }

  /** How bad it is. */
  enum Status {
    OK,
    /** Works, but not as well as it could. */
    WARN,
    /** Does not work. */
    FAIL
  }
}
