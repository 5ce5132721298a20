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
  LISTENERS(40),
  LISTENERS_REPORT(41),
  JOB_START(50),
  JOB_LIST(51),
  JOB_SHOW(52),
  JOB_CONNECT(53),
  JOB_SIGNAL(54),
  JOB_FORGET(55),
  JOB_REPORT(56),
  GROW_WORK_DISK(60),
  GROW_REPORT(61);

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
