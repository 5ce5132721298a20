package dev.banger.hooks;

import dev.banger.api.CapabilityException;
import dev.banger.api.FailureKind;

/** The end of a daemon at a chosen point: from then on nothing it does has any effect. */
final class Fuse {
  private final int length;
  private int burnt;

  Fuse(int length) {
    this.length = length;
  }

  static Fuse endless() {
    return new Fuse(Integer.MAX_VALUE);
  }

  /** What a dead daemon does. */
  static final class Killed extends Error {
    private static final long serialVersionUID = 1L;

    Killed() {
      super("killed", null, false, false);
    }
  }

  /** A point at which the daemon may die; whether it is alive. */
  synchronized boolean alive() {
    if (burnt < length) {
      burnt++;
      return true;
    }
    return false;
  }

  synchronized int points() {
    return burnt;
  }

  /** In a plugin. */
  void burn() {
    if (!alive()) {
      throw new CapabilityException(FailureKind.HOST, "killed");
    }
  }

  private void burnCore() {
    if (!alive()) {
      throw new Killed();
    }
  }

  /** The same journal, with a point before each write. */
  Journal in(Journal journal) {
    return new WatchedJournal(journal, this::burn, this::burnCore);
  }
}
