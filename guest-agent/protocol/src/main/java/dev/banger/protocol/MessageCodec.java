package dev.banger.protocol;

import dev.banger.protocol.GuestMessage.Bootstrap;
import dev.banger.protocol.GuestMessage.Dial;
import dev.banger.protocol.GuestMessage.Done;
import dev.banger.protocol.GuestMessage.Exec;
import dev.banger.protocol.GuestMessage.Failure;
import dev.banger.protocol.GuestMessage.GetTar;
import dev.banger.protocol.GuestMessage.Greet;
import dev.banger.protocol.GuestMessage.GrowReport;
import dev.banger.protocol.GuestMessage.GrowWorkDisk;
import dev.banger.protocol.GuestMessage.Health;
import dev.banger.protocol.GuestMessage.HealthReport;
import dev.banger.protocol.GuestMessage.Hello;
import dev.banger.protocol.GuestMessage.JobConnect;
import dev.banger.protocol.GuestMessage.JobForget;
import dev.banger.protocol.GuestMessage.JobList;
import dev.banger.protocol.GuestMessage.JobReport;
import dev.banger.protocol.GuestMessage.JobShow;
import dev.banger.protocol.GuestMessage.JobSignal;
import dev.banger.protocol.GuestMessage.JobStart;
import dev.banger.protocol.GuestMessage.Listener;
import dev.banger.protocol.GuestMessage.Listeners;
import dev.banger.protocol.GuestMessage.ListenersReport;
import dev.banger.protocol.GuestMessage.PutTar;
import dev.banger.protocol.GuestMessage.SetClock;
import dev.banger.protocol.GuestMessage.Shutdown;
import dev.banger.protocol.GuestMessage.Started;
import dev.banger.protocol.GuestMessage.Stat;
import dev.banger.protocol.GuestMessage.StatReport;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;

/**
 * Messages as bytes: {@code length (4, big endian) | kind (1) | fields}. A number is unsigned,
 * seven bits a byte, lowest first; a text is its length in bytes and UTF-8; a list or map is its
 * size and its members. Nothing is left over at the end.
 */
public final class MessageCodec {
  /** Longest name, path, reason, in bytes of UTF-8. */
  public static final int MAX_TEXT = 4096;

  /** Longest argument or variable of a command: what Linux allows (MAX_ARG_STRLEN). */
  public static final int MAX_ARGUMENT = 128 * 1024;

  /** Most arguments, and most variables, of a command. */
  public static final int MAX_ARGUMENTS = 16 * 1024;

  /** Most listeners in one message. */
  public static final int MAX_LISTENERS = 64;

  /** Most characters of a job's command, and of its variables' names, in a report. */
  public static final int MAX_SHOWN = 4096;

  /** Most of them in a report. */
  public static final int MAX_SHOWN_WORDS = 256;

  private static final int MAX_NAMESERVERS = 8;
  private static final int MAX_SIGNAL = 64;
  private static final int HEADER = 5;

  private MessageCodec() {}

  /**
   * Writes one message in one call, and flushes.
   *
   * @throws IllegalArgumentException when a field or the whole is too large
   */
  public static void write(OutputStream out, GuestMessage message) throws IOException {
    out.write(encode(message));
    out.flush();
  }

  /**
   * The next message.
   *
   * @throws EOFException when the stream ended first
   * @throws ProtocolException when it is not one this generation knows
   */
  public static GuestMessage read(InputStream in) throws IOException {
    byte[] header = new byte[HEADER];
    if (in.readNBytes(header, 0, HEADER) < HEADER) {
      throw new EOFException("the stream ended before a message");
    }
    int length =
        (header[0] & 0xff) << 24
            | (header[1] & 0xff) << 16
            | (header[2] & 0xff) << 8
            | (header[3] & 0xff);
    if (length < 1 || length > Protocol.MAX_MESSAGE) {
      throw new ProtocolException("message of " + Integer.toUnsignedString(length) + " bytes");
    }
    MessageKind kind = MessageKind.of(header[4] & 0xff);
    byte[] fields = in.readNBytes(length - 1);
    if (fields.length < length - 1) {
      throw new EOFException("the stream ended inside a message");
    }
    FieldReader reader = new FieldReader(fields);
    GuestMessage message = decode(kind, reader);
    reader.end();
    return message;
  }

  static byte[] encode(GuestMessage message) {
    FieldWriter fields = new FieldWriter();
    encode(message, fields);
    byte[] body = fields.toBytes();
    int length = 1 + body.length;
    if (length > Protocol.MAX_MESSAGE) {
      throw new IllegalArgumentException(
          "message of " + length + " bytes, at most " + Protocol.MAX_MESSAGE + " allowed");
    }
    byte[] all = new byte[HEADER + body.length];
    all[0] = (byte) (length >> 24);
    all[1] = (byte) (length >> 16);
    all[2] = (byte) (length >> 8);
    all[3] = (byte) length;
    all[4] = (byte) message.kind().wire();
    System.arraycopy(body, 0, all, HEADER, body.length);
    return all;
  }

  // A switch over the kind, not over the type: pattern switches are linked at run time, which is
  // dear where the agent starts under emulation.
  private static void encode(GuestMessage message, FieldWriter to) {
    switch (message.kind()) {
      case HELLO -> {
        Hello hello = (Hello) message;
        to.number(hello.generation());
        to.text(hello.bootId(), MAX_TEXT);
        to.text(hello.kernel(), MAX_TEXT);
        to.text(hello.agentVersion(), MAX_TEXT);
      }
      case FAILURE -> {
        Failure failure = (Failure) message;
        to.number(failure.failure().wire());
        to.text(failure.text(), MAX_TEXT);
      }
      case BOOTSTRAP -> encodeBootstrap((Bootstrap) message, to);
      case HEALTH_REPORT -> encodeHealth((HealthReport) message, to);
      case EXEC -> encodeExec((Exec) message, to);
      case PUT_TAR -> to.text(((PutTar) message).directory(), MAX_TEXT);
      case GET_TAR -> to.text(((GetTar) message).path(), MAX_TEXT);
      case STAT -> to.text(((Stat) message).path(), MAX_TEXT);
      case STAT_REPORT -> {
        to.flag(((StatReport) message).exists());
        to.flag(((StatReport) message).directory());
      }
      case SET_CLOCK -> to.number(((SetClock) message).clockMicros());
      case DIAL -> to.number(((Dial) message).port());
      case LISTENERS -> to.flag(((Listeners) message).watch());
      case LISTENERS_REPORT -> encodeListeners((ListenersReport) message, to);
      case JOB_START -> JobFields.encode((JobStart) message, to);
      case JOB_SHOW -> to.text(((JobShow) message).id(), MAX_TEXT);
      case JOB_CONNECT -> JobFields.encode((JobConnect) message, to);
      case JOB_SIGNAL -> {
        to.text(((JobSignal) message).id(), MAX_TEXT);
        to.number(((JobSignal) message).signal());
      }
      case JOB_FORGET -> to.text(((JobForget) message).id(), MAX_TEXT);
      case JOB_REPORT -> JobFields.encode((JobReport) message, to);
      case GROW_REPORT -> {
        to.number(((GrowReport) message).bytes());
        to.text(((GrowReport) message).remark(), MAX_TEXT);
      }
      case DONE, STARTED, GREET, HEALTH, SHUTDOWN, JOB_LIST, GROW_WORK_DISK -> {}
    }
  }

  private static GuestMessage decode(MessageKind kind, FieldReader from) throws ProtocolException {
    return switch (kind) {
      case HELLO ->
          new Hello(
              from.number(Integer.MAX_VALUE),
              from.text(MAX_TEXT),
              from.text(MAX_TEXT),
              from.text(MAX_TEXT));
      case DONE -> new Done();
      case FAILURE -> new Failure(FailureKind.of(from.number()), from.text(MAX_TEXT));
      case STARTED -> new Started();
      case GREET -> new Greet();
      case BOOTSTRAP -> decodeBootstrap(from);
      case HEALTH -> new Health();
      case HEALTH_REPORT -> decodeHealth(from);
      case EXEC -> decodeExec(from);
      case PUT_TAR -> new PutTar(from.text(MAX_TEXT));
      case GET_TAR -> new GetTar(from.text(MAX_TEXT));
      case STAT -> new Stat(from.text(MAX_TEXT));
      case STAT_REPORT -> new StatReport(from.flag(), from.flag());
      case SHUTDOWN -> new Shutdown();
      case SET_CLOCK -> new SetClock(from.number());
      case DIAL -> new Dial(from.number(65_535));
      case LISTENERS -> new Listeners(from.flag());
      case LISTENERS_REPORT -> decodeListeners(from);
      case JOB_START -> JobFields.start(from);
      case JOB_LIST -> new JobList();
      case JOB_SHOW -> new JobShow(from.text(MAX_TEXT));
      case JOB_CONNECT -> JobFields.connect(from);
      case JOB_SIGNAL -> new JobSignal(from.text(MAX_TEXT), from.number(MAX_SIGNAL));
      case JOB_FORGET -> new JobForget(from.text(MAX_TEXT));
      case JOB_REPORT -> JobFields.report(from);
      case GROW_WORK_DISK -> new GrowWorkDisk();
      case GROW_REPORT -> new GrowReport(from.number(), from.text(MAX_TEXT));
    };
  }

  private static void encodeBootstrap(Bootstrap message, FieldWriter to) {
    to.text(message.hostname(), MAX_TEXT);
    to.number(message.clockMicros());
    to.text(message.addressCidr(), MAX_TEXT);
    to.text(message.gateway(), MAX_TEXT);
    to.texts(message.nameservers(), MAX_NAMESERVERS, MAX_TEXT);
    to.flag(message.growRoot());
  }

  private static Bootstrap decodeBootstrap(FieldReader from) throws ProtocolException {
    return new Bootstrap(
        from.text(MAX_TEXT),
        from.number(),
        from.text(MAX_TEXT),
        from.text(MAX_TEXT),
        from.texts(MAX_NAMESERVERS, MAX_TEXT),
        from.flag());
  }

  private static void encodeHealth(HealthReport message, FieldWriter to) {
    to.number(message.uptimeMillis());
    to.number(message.load1Milli());
    to.number(message.memoryTotalKiB());
    to.number(message.memoryAvailableKiB());
    to.flag(message.bootstrapped());
    to.flag(message.initDone());
  }

  private static HealthReport decodeHealth(FieldReader from) throws ProtocolException {
    return new HealthReport(
        from.number(), from.number(), from.number(), from.number(), from.flag(), from.flag());
  }

  private static void encodeExec(Exec message, FieldWriter to) {
    to.texts(message.command(), MAX_ARGUMENTS, MAX_ARGUMENT);
    to.text(message.cwd(), MAX_TEXT);
    to.map(message.env(), MAX_ARGUMENTS, MAX_ARGUMENT);
    to.flag(message.tty());
    to.number(message.rows());
    to.number(message.columns());
  }

  private static Exec decodeExec(FieldReader from) throws ProtocolException {
    return new Exec(
        from.texts(MAX_ARGUMENTS, MAX_ARGUMENT),
        from.text(MAX_TEXT),
        from.map(MAX_ARGUMENTS, MAX_ARGUMENT),
        from.flag(),
        from.number(65_535),
        from.number(65_535));
  }

  private static void encodeListeners(ListenersReport message, FieldWriter to) {
    List<Listener> part = message.part();
    if (part.size() > MAX_LISTENERS) {
      throw new IllegalArgumentException(
          part.size() + " values, at most " + MAX_LISTENERS + " allowed");
    }
    to.number(part.size());
    for (Listener one : part) {
      to.flag(one.udp());
      to.text(one.address(), MAX_TEXT);
      to.number(one.port());
      to.number(one.pid());
      to.text(one.process(), MAX_TEXT);
      to.text(one.command(), MAX_TEXT);
      to.flag(one.elsewhere());
    }
    to.flag(message.last());
  }

  private static ListenersReport decodeListeners(FieldReader from) throws ProtocolException {
    int size = from.number(MAX_LISTENERS);
    List<Listener> part = new ArrayList<>();
    for (int i = 0; i < size; i++) {
      part.add(
          new Listener(
              from.flag(),
              from.text(MAX_TEXT),
              from.number(65_535),
              from.number(),
              from.text(MAX_TEXT),
              from.text(MAX_TEXT),
              from.flag()));
    }
    return new ListenersReport(part, from.flag());
  }
}
