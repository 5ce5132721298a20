package dev.banger.client;

import java.io.IOException;
import java.io.OutputStream;
import java.net.ConnectException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;

/**
 * One connection to the daemon: requests one after the other, until one of them turns it into a
 * byte stream. What there is to ask is in docs/rpc.md and docs/openrpc.json.
 *
 * <p>With the first request goes {@code daemon.hello}, in the same write: it costs no round trip,
 * and a daemon that does not speak this client's protocol refuses it before it serves the request.
 *
 * <p>One thread at a time may call; {@link #close} may come from any thread and ends a call that
 * waits.
 */
public final class BangerClient implements AutoCloseable {
  /** The protocol this client speaks; {@code daemon.hello} tells the daemon's. */
  public static final int PROTOCOL = 1;

  /** Longest line to the daemon, in bytes. */
  public static final int MAX_REQUEST = 1024 * 1024;

  /** Longest line from the daemon, in bytes. */
  public static final int MAX_ANSWER = 16 * 1024 * 1024;

  /** Default deadline for {@link #connect}, and the one for the daemon's answer to the hello. */
  public static final Duration CONNECT_DEADLINE = Duration.ofSeconds(5);

  private final SocketChannel channel;
  private final LineInput in;
  private final OutputStream out;
  private long lastId;
  private boolean isStream;
  private boolean isHelloDue;
  private String self = "";
  private Json daemon = Json.NULL;

  private BangerClient(SocketChannel channel, boolean isHelloDue) {
    this.channel = channel;
    this.isHelloDue = isHelloDue;
    this.in = new LineInput(Channels.newInputStream(channel), MAX_ANSWER);
    this.out = Channels.newOutputStream(channel);
  }

  /**
   * Connects, or finds that nobody listens.
   *
   * @return empty when there is no socket at {@code socket}, or a stale one that nobody listens on
   * @throws RpcException kind {@code timeout} when the daemon's queue stays full until the
   *     deadline; kind {@code host} when the socket cannot be used, for example for want of rights
   */
  public static Optional<BangerClient> connect(Path socket, Duration deadline) {
    return connect(socket, deadline, true);
  }

  /**
   * {@link #connect} to a daemon of whatever protocol, without a hello. Only {@code daemon.ping},
   * {@code daemon.status} and {@code daemon.stop} are the same in all of them.
   */
  public static Optional<BangerClient> connectToAny(Path socket, Duration deadline) {
    return connect(socket, deadline, false);
  }

  private static Optional<BangerClient> connect(Path socket, Duration deadline, boolean hello) {
    if (!Files.exists(socket)) {
      return Optional.empty();
    }
    long giveUp = System.nanoTime() + deadline.toNanos();
    UnixDomainSocketAddress address = UnixDomainSocketAddress.of(socket);
    int attempt = 0;
    while (true) {
      try {
        return Optional.of(new BangerClient(nonBlocking(address), hello));
      } catch (ConnectException | NoSuchFileException e) {
        return Optional.empty();
      } catch (IOException e) {
        String why = String.valueOf(e.getMessage());
        if (why.startsWith("No such file") || why.startsWith("Connection refused")) {
          return Optional.empty();
        }
        if (!why.startsWith("Resource temporarily unavailable")) {
          throw new RpcException(
              "host", "cannot connect to the daemon at " + socket + ": " + why, "");
        }
        attempt++;
        pause(attempt, giveUp, socket);
      }
    }
  }

  private static SocketChannel nonBlocking(UnixDomainSocketAddress address) throws IOException {
    SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
    try {
      // A blocking connect would wait without end for a daemon whose queue is full.
      channel.configureBlocking(false);
      channel.connect(address);
      channel.configureBlocking(true);
      return channel;
    } catch (IOException | RuntimeException e) {
      channel.close();
      throw e;
    }
  }

  /** Full queue: waits 1 to 2, 2 to 4 ... at most 64 to 128 ms, so that clients spread out. */
  private static void pause(int attempt, long giveUp, Path socket) {
    long base = 1L << Math.min(attempt - 1, 6);
    long millis = base + Math.floorMod(System.nanoTime() ^ ProcessHandle.current().pid(), base + 1);
    if (System.nanoTime() + millis * 1_000_000 > giveUp) {
      throw new RpcException(
          "timeout",
          "the daemon at " + socket + " does not take new connections",
          "banger daemon logs; then banger daemon restart");
    }
    try {
      Thread.sleep(millis);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new RpcException("timeout", "interrupted while connecting to the daemon", "");
    }
  }

  /**
   * What the daemon is told of who calls, before the first call.
   *
   * @param name for people, with a version, 1 to 100 characters; else it is this library's
   */
  public BangerClient named(String name) {
    self = name;
    return this;
  }

  /**
   * What the daemon calls itself, for example {@code banger 0.1.0}; empty before the first call,
   * and for good when it is too old to say.
   */
  public String daemon() {
    return daemon.text("daemon");
  }

  /** {@link #call(String, Json, Notifications)} that hears no notifications. */
  public Json call(String method, Json params) {
    return call(method, params, Notifications.IGNORED);
  }

  /**
   * Sends a request and waits for its answer, without a deadline: an operation takes as long as it
   * takes, and the daemon holds the deadlines.
   *
   * @param notifications called on this thread for each notification before the answer
   * @throws RpcException what the daemon answered; kind {@code unavailable} when the connection
   *     ended first or the daemon speaks another protocol, {@code timeout} when it does not answer
   *     the first call's hello within {@link #CONNECT_DEADLINE}, {@code invalid} when the request
   *     is longer than {@link #MAX_REQUEST}, {@code internal} when the answer is not of the
   *     protocol
   * @throws IllegalStateException when this connection has become a byte stream
   */
  public Json call(String method, Json params, Notifications notifications) {
    if (isStream) {
      throw new IllegalStateException("the connection has become a byte stream");
    }
    lastId++;
    try {
      byte[] request = request(lastId, method, params);
      if (isHelloDue) {
        isHelloDue = false;
        new Hello(this, in, self).sayBefore(request);
      } else {
        send(request);
      }
      return receive(method, notifications);
    } catch (MalformedJsonException e) {
      throw new RpcException(
          "internal", "the daemon's answer to " + method + " is no answer: " + e.getMessage(), "");
    } catch (IOException e) {
      throw lost(method, e.getMessage());
    }
  }

  /** {@link #call} that is cut off, and the connection closed, when no answer came in time. */
  public Json call(String method, Json params, Duration deadline) {
    Watchdog watchdog = new Watchdog(this, deadline);
    try {
      return call(method, params);
    } catch (RpcException e) {
      if (channel.isOpen()) {
        throw e;
      }
      throw new RpcException(
          "timeout",
          "the daemon did not answer " + method + " within " + deadline.toSeconds() + " s",
          "banger daemon logs; then banger daemon restart");
    } finally {
      watchdog.close();
    }
  }

  /**
   * A request whose answer turns this connection into a byte stream; the connection can then be
   * used for nothing else.
   */
  public ByteStream stream(String method, Json params, Notifications notifications) {
    Json answer = call(method, params, notifications);
    if (!answer.get("stream").truth(false)) {
      throw new RpcException("internal", "the daemon answered " + method + " with no stream", "");
    }
    isStream = true;
    return new ByteStream(this, in, out, answer);
  }

  /** A request as a line. */
  static byte[] request(long id, String method, Json params) {
    byte[] line =
        Json.build()
            .put("jsonrpc", "2.0")
            .put("id", id)
            .put("method", method)
            .put("params", params)
            .done()
            .toBytes();
    if (line.length >= MAX_REQUEST) {
      throw new RpcException(
          "invalid",
          "the request " + method + " is " + line.length + " bytes long, at most 1 MiB is allowed",
          "");
    }
    byte[] terminated = Arrays.copyOf(line, line.length + 1);
    terminated[line.length] = '\n';
    return terminated;
  }

  void send(byte[] bytes) throws IOException {
    out.write(bytes);
    out.flush();
  }

  /** What the daemon answered to the hello. */
  void met(Json answer) {
    daemon = answer;
  }

  private Json receive(String method, Notifications notifications) throws IOException {
    while (true) {
      Json line = in.readJsonLine();
      if (line == null) {
        throw lost(method, "");
      }
      if (line.has("method")) {
        notifications.notified(line.text("method"), line.get("params"));
      } else if (line.has("error")) {
        throw error(line.get("error"));
      } else if (line.get("id").number(-1) == lastId) {
        return line.get("result");
      } else {
        throw new MalformedJsonException("it is for another request");
      }
    }
  }

  static RpcException error(Json error) {
    Json data = error.get("data");
    String kind = data.text("kind");
    if (kind.isEmpty()) {
      kind = error.get("code").number(0) == -32602 ? "usage" : "internal";
    }
    String message = error.text("message");
    if (error.get("code").number(0) == -32601) {
      return new RpcException(
          "unavailable",
          message.isEmpty() ? "the daemon does not know this request" : message,
          "the daemon may be of another version: banger version; banger daemon restart");
    }
    return new RpcException(
        kind,
        message.isEmpty() ? "the daemon gave no reason" : message,
        data.text("hint"),
        data.get("details").texts());
  }

  static RpcException lost(String method, String why) {
    String cause = why == null || why.isEmpty() ? "" : " (" + why + ")";
    return new RpcException(
        "unavailable",
        "the daemon went away before it answered " + method + cause,
        "banger daemon logs");
  }

  @Override
  public void close() {
    try {
      channel.close();
    } catch (IOException e) {
      // The kernel has let go of the descriptor all the same.
    }
  }
}
