package dev.banger.protocol;

/** What a message is, as one byte on the wire. */
public enum MessageKind {
  HELLO(1),
  DONE(2),
  FAILURE(3),
  STARTED(4),
  GREET(5),
  BOOTSTRAP(10),
  HEALTH(11),
  HEALTH_REPORT(12),
  EXEC(13),
  PUT_TAR(14),
  GET_TAR(15),
  STAT(16),
  STAT_REPORT(17),
  SHUTDOWN(18),
  SET_CLOCK(19),
  DIAL(20),
  JOB_START(40),
  JOB_LIST(41),
  JOB_SHOW(42),
  JOB_CONNECT(43),
  JOB_SIGNAL(44),
  JOB_FORGET(45),
  JOB_REPORT(46);

  private static final MessageKind[] ALL = values();
  private final int wire;

  MessageKind(int wire) {
    this.wire = wire;
  }

  int wire() {
    return wire;
  }

  static MessageKind of(int wire) throws ProtocolException {
    for (MessageKind kind : ALL) {
      if (kind.wire == wire) {
        return kind;
      }
    }
    throw new ProtocolException("message of unknown kind " + wire);
  }
}
