package dev.banger.api;

/** What is at a path in a guest. More may come: treat an unknown value as {@link #OTHER}. */
public enum GuestPath {
  ABSENT,
  EMPTY_DIRECTORY,
  /** A directory with something in it. */
  DIRECTORY,
  FILE,
  /** A device, a socket, a pipe. */
  OTHER
}
