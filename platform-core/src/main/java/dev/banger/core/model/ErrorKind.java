package dev.banger.core.model;

/** Why a request failed, for programs. The sentence beside it is for people. */
public enum ErrorKind {
  /** The words of the command line are off. */
  USAGE("usage"),
  /** A value is out of its range or malformed. */
  INVALID("invalid"),
  /** Nothing of that name exists. */
  NOT_FOUND("notFound"),
  /** A reference matches several things. */
  AMBIGUOUS("ambiguous"),
  /** Something of that name, or a competing request, is already there. */
  CONFLICT("conflict"),
  /** The VM's state does not allow the request. */
  ILLEGAL_STATE("illegalState"),
  /** Something the request needs is missing or off on this host. */
  UNAVAILABLE("unavailable"),
  /** A deadline passed. */
  TIMEOUT("timeout"),
  /** The guest failed or answered nonsense. */
  GUEST("guest"),
  /** A tool or the file system of the host failed. */
  HOST("host"),
  /** A defect in banger. */
  INTERNAL("internal");

  private final String wireName;

  ErrorKind(String wireName) {
    this.wireName = wireName;
  }

  /** The stable name used in JSON. */
  public String wireName() {
    return wireName;
  }
}
