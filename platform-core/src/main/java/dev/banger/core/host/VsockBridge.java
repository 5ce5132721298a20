package dev.banger.core.host;

import dev.banger.protocol.Vsock;
import java.io.Closeable;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A connection to a guest's vsock, as a channel of the JDK. A call to the C library holds on to the
 * carrier of the virtual thread that makes it, and there are as few of those as processors; so two
 * platform threads a connection wait in such calls, and hand the bytes on through a Unix socket.
 */
public final class VsockBridge {
  private static final int BUFFER = 64 * 1024;
  private static final long STACK = 256L * 1024;

  /** A guest that is up answers within milliseconds; one that is not, not at all. */
  private static final Duration CONNECT = Duration.ofSeconds(1);

  /** How long the call may take longer than it was told to. */
  private static final Duration GRACE = Duration.ofSeconds(1);

  private final Line line;
  private final SocketChannel inner;
  private final AtomicInteger running = new AtomicInteger(2);

  private VsockBridge(Line line, SocketChannel inner) {
    this.line = line;
    this.inner = inner;
  }

  /** A connection that is not the JDK's. */
  interface Line extends Closeable {
    /** The bytes read, 0 at the end. */
    int read(MemorySegment to) throws IOException;

    int write(MemorySegment from) throws IOException;

    /** Ends it, and the calls that wait; they may still be under way when this returns. */
    void shutdown();

    /** Called once, when no call is under way. */
    @Override
    void close();
  }

  /**
   * One try to connect, from a port that only root can have, so that the guest can tell.
   *
   * @param meeting a path for a socket, in a directory of this user's alone; gone afterwards
   * @throws IOException when nobody listens there, or not yet
   */
  public static SocketChannel connect(long cid, int port, Path meeting, Duration deadline)
      throws IOException, InterruptedException {
    Duration limit = deadline.compareTo(CONNECT) < 0 ? deadline : CONNECT;
    CompletableFuture<Integer> connected = new CompletableFuture<>();
    start("vsock-connect", () -> connect(cid, port, limit, connected));
    try {
      int fd = connected.get(limit.plus(GRACE).toMillis(), TimeUnit.MILLISECONDS);
      return bridge(new Descriptor(fd), meeting);
    } catch (ExecutionException e) {
      throw new IOException(e.getCause().getMessage(), e.getCause());
    } catch (TimeoutException | InterruptedException e) {
      // It may still come about; then it is ended at once.
      var _ = connected.thenAccept(Vsock::close);
      if (e instanceof InterruptedException interrupt) {
        throw interrupt;
      }
      throw new IOException("vsock: no answer from %d:%d".formatted(cid, port), e);
    }
  }

  private static void connect(
      long cid, int port, Duration limit, CompletableFuture<Integer> connected) {
    try {
      connected.complete(Vsock.connectReserved((int) cid, port, limit));
    } catch (IOException | RuntimeException | Error e) {
      connected.completeExceptionally(e);
    }
  }

  /** Takes {@code line}: it is closed when the channel is, or when this fails. */
  static SocketChannel bridge(Line line, Path meeting) throws IOException {
    SocketChannel outer = null;
    SocketChannel inner = null;
    boolean done = false;
    try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      Files.deleteIfExists(meeting);
      UnixDomainSocketAddress address = UnixDomainSocketAddress.of(meeting);
      server.bind(address, 1);
      outer = SocketChannel.open(address);
      inner = server.accept();
      done = true;
    } finally {
      Files.deleteIfExists(meeting);
      if (!done) {
        closeQuietly(outer);
        line.close();
      }
    }
    VsockBridge bridge = new VsockBridge(line, inner);
    start("vsock-in", () -> bridge.move(bridge::inward));
    start("vsock-out", () -> bridge.move(bridge::outward));
    return outer;
  }

  private interface Direction {
    void run(Arena arena) throws IOException;
  }

  private void move(Direction direction) {
    try (Arena arena = Arena.ofConfined()) {
      direction.run(arena);
    } catch (IOException e) {
      // Either side is gone, and with it the connection.
    } finally {
      line.shutdown();
      closeQuietly(inner);
      if (running.decrementAndGet() == 0) {
        line.close();
      }
    }
  }

  private void inward(Arena arena) throws IOException {
    MemorySegment buffer = arena.allocate(BUFFER);
    ByteBuffer bytes = buffer.asByteBuffer();
    for (int count = line.read(buffer); count > 0; count = line.read(buffer)) {
      bytes.clear().limit(count);
      while (bytes.hasRemaining()) {
        inner.write(bytes);
      }
    }
  }

  private void outward(Arena arena) throws IOException {
    MemorySegment buffer = arena.allocate(BUFFER);
    ByteBuffer bytes = buffer.asByteBuffer();
    for (int count = inner.read(bytes); count >= 0; count = inner.read(bytes.clear())) {
      int done = 0;
      while (done < count) {
        done += line.write(buffer.asSlice(done, count - done));
      }
    }
  }

  private static void start(String name, Runnable task) {
    Thread thread = new Thread(null, task, name, STACK, false);
    thread.setDaemon(true);
    thread.start();
  }

  private static void closeQuietly(SocketChannel channel) {
    try {
      if (channel != null) {
        channel.close();
      }
    } catch (IOException e) {
      // It is of no use either way.
    }
  }

  private record Descriptor(int fd) implements Line {
    @Override
    public int read(MemorySegment to) throws IOException {
      return Vsock.read(fd, to);
    }

    @Override
    public int write(MemorySegment from) throws IOException {
      return Vsock.write(fd, from);
    }

    @Override
    public void shutdown() {
      Vsock.shutdown(fd);
    }

    @Override
    public void close() {
      Vsock.close(fd);
    }
  }
}
