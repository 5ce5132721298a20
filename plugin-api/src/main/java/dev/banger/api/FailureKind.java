package dev.banger.api;

/** Why something failed, for programs. The sentence beside it is for people. */
public enum FailureKind {
  /** The words of the command line are off. */
  USAGE,
  /** A value is out of its range or malformed. */
  INVALID,
  /** Nothing of that name exists. */
  NOT_FOUND,
  /** A reference matches several things. */
  AMBIGUOUS,
  /** Something of that name, or a competing request, is already there. */
  CONFLICT,
  /** The state of things does not allow the request. */
  ILLEGAL_STATE,
  /** Something the request needs is missing or off on this host. */
  UNAVAILABLE,
  /** A deadline passed. */
  TIMEOUT,
  /** The guest failed or answered nonsense. */
  GUEST,
  /** A tool or the file system of the host failed. */
  HOST,
  /** A defect. */
  INTERNAL
}
