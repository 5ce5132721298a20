package dev.banger.protocol;

/** Why the agent could not do what it was asked. */
public enum FailureKind {
  /** The request makes no sense. */
  INVALID(1),
  /** The command, file or port is not there. */
  NOT_FOUND(2),
  /** The command is there and cannot be executed. */
  NOT_EXECUTABLE(3),
  /** The working directory is not there or no directory. */
  BAD_CWD(4),
  /** The guest lacks what it takes, or it failed. */
  FAILED(5),
  /** Too much is going on. */
  BUSY(6),
  /** A defect of the agent. */
  INTERNAL(7);

  private static final FailureKind[] ALL = values();
  private final int wire;

  FailureKind(int wire) {
    this.wire = wire;
  }

  int wire() {
    return wire;
  }

  static FailureKind of(long wire) throws ProtocolException {
    for (FailureKind kind : ALL) {
      if (kind.wire == wire) {
        return kind;
      }
    }
    throw new ProtocolException("failure of unknown kind " + wire);
  }
}
