package dev.banger.protocol;

import static dev.banger.protocol.MessageCodec.MAX_ARGUMENT;
import static dev.banger.protocol.MessageCodec.MAX_ARGUMENTS;
import static dev.banger.protocol.MessageCodec.MAX_SHOWN;
import static dev.banger.protocol.MessageCodec.MAX_SHOWN_WORDS;
import static dev.banger.protocol.MessageCodec.MAX_TEXT;

import dev.banger.protocol.GuestMessage.JobConnect;
import dev.banger.protocol.GuestMessage.JobReport;
import dev.banger.protocol.GuestMessage.JobStart;

/** The fields of the messages about jobs. */
final class JobFields {
  private static final int BYTES_PER_CHARACTER = 4;
  private static final int MAX_CODE = 256;

  private JobFields() {}

  static void encode(JobStart message, FieldWriter to) {
    to.text(message.id(), MAX_TEXT);
    to.texts(message.command(), MAX_ARGUMENTS, MAX_ARGUMENT);
    to.text(message.cwd(), MAX_TEXT);
    to.map(message.env(), MAX_ARGUMENTS, MAX_ARGUMENT);
    to.flag(message.tty());
    to.number(message.rows());
    to.number(message.columns());
    to.number(message.keepBytes());
    to.flag(message.waits());
  }

  static JobStart start(FieldReader from) throws ProtocolException {
    return new JobStart(
        from.text(MAX_TEXT),
        from.texts(MAX_ARGUMENTS, MAX_ARGUMENT),
        from.text(MAX_TEXT),
        from.map(MAX_ARGUMENTS, MAX_ARGUMENT),
        from.flag(),
        from.number(65_535),
        from.number(65_535),
        position(from),
        from.flag());
  }

  // The two words for positions are -2 and -1: they are sent as 0 and 1, and the rest after them.
  static void encode(JobConnect message, FieldWriter to) {
    to.text(message.id(), MAX_TEXT);
    to.number(message.stdoutFrom() - JobConnect.NOW);
    to.number(message.stderrFrom() - JobConnect.NOW);
    to.flag(message.follow());
    to.flag(message.insist());
    to.number(message.input());
  }

  static JobConnect connect(FieldReader from) throws ProtocolException {
    return new JobConnect(
        from.text(MAX_TEXT),
        position(from) + JobConnect.NOW,
        position(from) + JobConnect.NOW,
        from.flag(),
        from.flag(),
        from.number(JobConnect.SHARED));
  }

  static void encode(JobReport message, FieldWriter to) {
    to.text(message.id(), MAX_TEXT);
    to.number(message.state());
    to.texts(message.command(), MAX_SHOWN_WORDS, BYTES_PER_CHARACTER * MAX_SHOWN);
    to.text(message.cwd(), MAX_TEXT);
    to.texts(message.envNames(), MAX_SHOWN_WORDS, BYTES_PER_CHARACTER * MAX_SHOWN);
    to.flag(message.tty());
    to.number(message.pid());
    to.number(message.startedMicros());
    to.number(message.endedMicros());
    to.number(message.exitCode() + 1L);
    to.number(message.stdoutFrom());
    to.number(message.stdoutTo());
    to.number(message.stderrFrom());
    to.number(message.stderrTo());
    to.number(message.inputBytes());
    to.flag(message.inputOpen());
    to.number(message.connections());
    to.text(message.remark(), MAX_TEXT);
  }

  static JobReport report(FieldReader from) throws ProtocolException {
    JobReport report =
        new JobReport(
            from.text(MAX_TEXT),
            from.number(JobReport.LOST),
            from.texts(MAX_SHOWN_WORDS, BYTES_PER_CHARACTER * MAX_SHOWN),
            from.text(MAX_TEXT),
            from.texts(MAX_SHOWN_WORDS, BYTES_PER_CHARACTER * MAX_SHOWN),
            from.flag(),
            position(from),
            position(from),
            position(from),
            from.number(MAX_CODE) - 1,
            position(from),
            position(from),
            position(from),
            position(from),
            position(from),
            from.flag(),
            from.number(Protocol.MAX_STREAMS),
            from.text(MAX_TEXT));
    if (report.stdoutFrom() > report.stdoutTo() || report.stderrFrom() > report.stderrTo()) {
      throw new ProtocolException("a job's output that ends before it begins");
    }
    return report;
  }

  private static long position(FieldReader from) throws ProtocolException {
    long value = from.number();
    if (value < 0) {
      throw new ProtocolException("position " + Long.toUnsignedString(value));
    }
    return value;
  }
}
