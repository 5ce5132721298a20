package dev.banger.core.doctor;

import java.util.Set;

/** Looks at one prerequisite. Changes nothing on the host, and may be asked at any time. */
public interface DoctorCheck {
  /** Short and stable, for example {@code qemu}. */
  String id();

  /** Who brings it: {@code core}, a driver or a plugin. */
  default String source() {
    return "core";
  }

  /** The requests that cannot work when this fails. */
  default Set<Need> neededFor() {
    return Set.of();
  }

  /**
   * The id of a check without which this one fails for the same reason; empty when there is none.
   */
  default String restsOn() {
    return "";
  }

  /** What it throws counts as a failure of the prerequisite. */
  Result run() throws Exception;

  /**
   * Mends what {@link #run} has complained of, as far as banger may: nothing of others, and nothing
   * that takes more rights than it has. Asked for by people only, and only when the check is not
   * ok.
   *
   * @return what was done, in one line; empty when there is nothing that it could do
   */
  default String fix() throws Exception {
    return "";
  }

  /** A request that has prerequisites. */
  enum Need {
    /** Create or start a VM. */
    CREATE,
    /** Make any image. */
    IMPORT,
    /** Make an image of Debian, besides {@link #IMPORT}. */
    IMPORT_DEBIAN
  }

  /** How it is. */
  enum Status {
    OK("ok"),
    /** It works, but less well than it could. */
    WARN("warn"),
    FAIL("fail");

    private final String wireName;

    Status(String wireName) {
      this.wireName = wireName;
    }

    /** The stable name used in JSON. */
    public String wireName() {
      return wireName;
    }
  }

  /**
   * @param summary what was seen, in one line
   * @param remedy what to type; empty when all is well
   */
  record Result(Status status, String summary, String remedy) {
    public static Result ok(String summary) {
      return new Result(Status.OK, summary, "");
    }

    public static Result warn(String summary, String remedy) {
      return new Result(Status.WARN, summary, remedy);
    }

    public static Result fail(String summary, String remedy) {
      return new Result(Status.FAIL, summary, remedy);
    }
  }
}
