package dev.banger.client;

import dev.banger.protocol.ByteFrame;
import dev.banger.protocol.ByteFrames;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

/**
 * The input and the outputs of a session, byte for byte, as if it were a process started here. Its
 * streams outlive the connection: when that is lost they throw {@link IOException}, and after
 * {@link #reattach} they go on as if nothing had happened.
 *
 * <p>Any thread may read or write. Both outputs are to be read: what is not read (256 KiB of each)
 * stops both, and then the session.
 */
public final class SessionPipe implements AutoCloseable {
  private final Sessions sessions;
  private final String vm;
  private final String name;
  private final SessionOutput stdout;
  private final SessionOutput stderr;
  private final SessionInput stdin;
  private final CompletableFuture<Integer> exit = new CompletableFuture<>();
  private Thread pump;
  private volatile ByteStream stream;
  private volatile boolean closed;

  SessionPipe(Sessions sessions, String vm, String name, String cursor) {
    this.sessions = sessions;
    this.vm = vm;
    this.name = name;
    String[] positions = cursor.split("\\.", 2);
    this.stdout = new SessionOutput(position(positions[0]));
    this.stderr = new SessionOutput(positions.length < 2 ? 0 : position(positions[1]));
    Session session = sessions.show(vm, name);
    this.stdin = new SessionInput(session.inputBytes(), this::lost);
    connect(session);
  }

  private static long position(String text) {
    try {
      return Long.parseUnsignedLong(text);
    } catch (NumberFormatException e) {
      throw new RpcException(
          "invalid", "a cursor is OUT.ERR such as 4096.0, not \"" + text + "\"", "");
    }
  }

  private void connect(Session session) {
    long from = session.inputBytes();
    ByteStream fresh = sessions.stream(vm, name, stdout.received() + "." + stderr.received(), from);
    stream = fresh;
    stdout.connected();
    stderr.connected();
    pump = Thread.ofVirtual().name("session-pipe").start(() -> copy(fresh));
    // What arrives there meanwhile is known to arrive twice, and taken once.
    stdin.connected(fresh, from, session.inputOpen());
    if (closed) {
      close();
    }
  }

  /** What the session reads. Closing it is the end of its input. */
  public OutputStream stdin() {
    return stdin;
  }

  /** What it writes, from the cursor on; its end when the session has ended. */
  public InputStream stdout() {
    return stdout;
  }

  /** The same for standard error. */
  public InputStream stderr() {
    return stderr;
  }

  /** After all that was read here: to attach from, now or from another process. */
  public String cursor() {
    return stdout.taken() + "." + stderr.taken();
  }

  /**
   * Waits until the session has ended and all it wrote has been received.
   *
   * @return its exit code, as {@link Session#exitCode}
   * @throws IOException when the connection was lost, or this was closed
   */
  public int awaitExit() throws IOException, InterruptedException {
    stdout.awaitEnd();
    try {
      return exit.get();
    } catch (ExecutionException e) {
      throw new IOException(e);
    }
  }

  /** Whether the connection is not known to be lost; true for a session that has ended. */
  public boolean isConnected() {
    return stdout.isConnected();
  }

  /**
   * Connects again, when the connection was lost: output goes on after the last byte that came, and
   * input that did not arrive is sent again, once. A write that failed need not be repeated.
   *
   * @throws RpcException when the daemon, the VM or the session is not there: this may be tried
   *     again
   */
  public synchronized void reattach() throws InterruptedException {
    if (closed) {
      throw new IllegalStateException("it was closed");
    }
    lost(new IOException("it is being attached again"));
    stream.close();
    pump.join();
    if (!exit.isDone()) {
      connect(sessions.show(vm, name));
    }
  }

  private void copy(ByteStream from) {
    try {
      for (ByteFrame frame = from.read(); frame != null; frame = from.read()) {
        switch (frame.kind()) {
          case ByteFrames.STDOUT -> stdout.put(frame.payload());
          case ByteFrames.STDERR -> stderr.put(frame.payload());
          case ByteFrames.EXIT -> {
            exit.complete(frame.exitCode());
            stdout.end();
            stderr.end();
            return;
          }
          case ByteFrames.ERROR -> {
            RpcException told = error(frame);
            throw new IOException(told.getMessage(), told);
          }
          default -> {
            // A newer daemon may send more; what is not known is not needed.
          }
        }
      }
      lost(new IOException("the connection to the daemon ended before the session did"));
    } catch (IOException e) {
      lost(e);
    } catch (InterruptedException e) {
      lost(new IOException("interrupted", e));
    } finally {
      from.close();
    }
  }

  private void lost(IOException reason) {
    stdout.lost(reason);
    stderr.lost(reason);
  }

  private static RpcException error(ByteFrame frame) {
    try {
      Json told = Json.parse(frame.payload());
      return new RpcException(told.text("kind"), told.text("message"), told.text("hint"));
    } catch (MalformedJsonException e) {
      return new RpcException("internal", "the daemon told of an error in no words", "");
    }
  }

  /** Leaves: the session goes on. May be repeated. */
  @Override
  public void close() {
    closed = true;
    lost(new IOException("the session was left"));
    stream.close();
  }
}
