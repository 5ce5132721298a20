package dev.banger.core.vmm.qemu;

import dev.banger.core.vmm.PlainJson;
import java.io.Closeable;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One connection to QEMU's machine protocol: a line of JSON each way, answers matched by id, events
 * in between. Thread-safe.
 *
 * <p>QEMU talks to one client at a time; a second one connects and waits in silence. A guest that
 * took over QEMU may send anything: lines are bounded, nonsense is skipped, too much nonsense
 * closes the connection. No call waits past its deadline, even when QEMU is stopped, since all
 * reading and writing is done by two threads of the connection's own.
 */
final class QmpClient implements Closeable {
  private static final Logger LOG = LoggerFactory.getLogger(QmpClient.class);

  static final int MAX_LINE_BYTES = 1 << 20;
  private static final int MAX_NONSENSE_LINES = 100;

  /** More commands than this wait only when QEMU has stopped reading. */
  private static final int MAX_QUEUED = 64;

  /**
   * @param name for example {@code SHUTDOWN}
   */
  record Event(String name, Map<String, Object> data) {}

  private final SocketChannel channel;
  private final Consumer<Event> events;
  private final AtomicLong ids = new AtomicLong();
  private final Map<Long, CompletableFuture<Object>> pending = new ConcurrentHashMap<>();
  private final BlockingQueue<byte[]> outgoing = new LinkedBlockingQueue<>(MAX_QUEUED);
  private final CompletableFuture<Void> greeted = new CompletableFuture<>();
  private final CompletableFuture<Void> closed = new CompletableFuture<>();
  private int nonsense;

  private QmpClient(SocketChannel channel, Consumer<Event> events) {
    this.channel = channel;
    this.events = events;
  }

  /**
   * Connects, reads the greeting and leaves negotiation mode.
   *
   * @param events called on the connection's thread, in order; must not block
   * @throws QmpException CLOSED when nobody listens or the line is cut, TIMEOUT when nobody answers
   */
  static QmpClient connect(Path socket, Consumer<Event> events, Duration deadline)
      throws QmpException, InterruptedException {
    long end = System.nanoTime() + deadline.toNanos();
    SocketChannel channel = open(socket, deadline);
    QmpClient client = new QmpClient(channel, events);
    Thread.ofVirtual().name("qmp-read " + socket).start(client::readAll);
    Thread.ofVirtual().name("qmp-write " + socket).start(client::writeAll);
    boolean ready = false;
    try {
      await(client.greeted, left(end), "the greeting");
      client.execute("qmp_capabilities", Map.of(), left(end));
      ready = true;
      return client;
    } finally {
      if (!ready) {
        client.close();
      }
    }
  }

  /**
   * Runs a command and returns what QEMU returned: a map, list, string, number or boolean.
   *
   * @throws QmpException with the reason
   */
  Object execute(String command, Map<String, ?> arguments, Duration deadline)
      throws QmpException, InterruptedException {
    long id = ids.incrementAndGet();
    Map<String, Object> message = new LinkedHashMap<>();
    message.put("execute", command);
    if (!arguments.isEmpty()) {
      message.put("arguments", arguments);
    }
    message.put("id", id);
    CompletableFuture<Object> reply = new CompletableFuture<>();
    pending.put(id, reply);
    try {
      if (closed.isDone()) {
        throw new QmpException(QmpException.Reason.CLOSED, "the connection to QEMU is closed");
      }
      byte[] line = PlainJson.write(message);
      byte[] withEnd = Arrays.copyOf(line, line.length + 1);
      withEnd[line.length] = '\n';
      if (!outgoing.offer(withEnd)) {
        throw new QmpException(
            QmpException.Reason.TIMEOUT, "QEMU has stopped reading commands (" + command + ")");
      }
      return await(reply, deadline, command);
    } finally {
      pending.remove(id);
    }
  }

  boolean isOpen() {
    return !closed.isDone();
  }

  /** Completes when the connection is over, whoever ended it. */
  CompletableFuture<Void> onClose() {
    return closed.copy();
  }

  @Override
  public void close() {
    try {
      channel.close();
    } catch (IOException e) {
      LOG.debug("closing QMP", e);
    }
    if (closed.complete(null)) {
      QmpException lost =
          new QmpException(QmpException.Reason.CLOSED, "QEMU closed its control connection");
      greeted.completeExceptionally(lost);
      pending.values().forEach(reply -> reply.completeExceptionally(lost));
      // Wakes the writer, which then finds the channel closed.
      boolean ignored = outgoing.offer(new byte[0]);
    }
  }

  private static SocketChannel open(Path socket, Duration deadline)
      throws QmpException, InterruptedException {
    SocketChannel channel;
    try {
      channel = SocketChannel.open(StandardProtocolFamily.UNIX);
    } catch (IOException e) {
      throw new QmpException(QmpException.Reason.CLOSED, "cannot make a socket", e);
    }
    // Connecting blocks while the backlog of a stopped QEMU is full.
    CompletableFuture<Void> connecting = new CompletableFuture<>();
    Thread.ofVirtual()
        .name("qmp-connect " + socket)
        .start(
            () -> {
              try {
                channel.connect(UnixDomainSocketAddress.of(socket));
                connecting.complete(null);
              } catch (IOException | RuntimeException e) {
                connecting.completeExceptionally(
                    new QmpException(QmpException.Reason.CLOSED, "nobody listens on " + socket, e));
              }
            });
    boolean connected = false;
    try {
      await(connecting, deadline, "connecting to " + socket);
      connected = true;
      return channel;
    } finally {
      if (!connected) {
        try {
          channel.close();
        } catch (IOException e) {
          LOG.debug("closing QMP", e);
        }
      }
    }
  }

  private void writeAll() {
    try {
      while (!closed.isDone()) {
        ByteBuffer line = ByteBuffer.wrap(outgoing.take());
        while (line.hasRemaining()) {
          channel.write(line);
        }
      }
    } catch (IOException | InterruptedException e) {
      LOG.debug("QMP writer ends: {}", e.toString());
    } finally {
      close();
    }
  }

  private void readAll() {
    byte[] line = new byte[4096];
    int length = 0;
    ByteBuffer buffer = ByteBuffer.allocate(8192);
    try {
      while (channel.read(buffer.clear()) >= 0) {
        buffer.flip();
        while (buffer.hasRemaining()) {
          byte b = buffer.get();
          if (b == '\n') {
            accept(line, length);
            length = 0;
          } else {
            if (length == MAX_LINE_BYTES) {
              throw new IOException("a line of QMP is longer than " + MAX_LINE_BYTES + " bytes");
            }
            if (length == line.length) {
              line = Arrays.copyOf(line, line.length * 2);
            }
            line[length++] = b;
          }
        }
      }
    } catch (IOException e) {
      LOG.debug("QMP reader ends: {}", e.toString());
    } finally {
      close();
    }
  }

  private void accept(byte[] line, int length) throws IOException {
    Map<String, Object> message;
    try {
      message = PlainJson.readObject(line, length);
    } catch (IOException e) {
      if (length > 1) {
        skipNonsense();
      }
      return;
    }
    if (message.get("event") instanceof String name) {
      tell(new Event(name, data(message)));
    } else if (message.containsKey("QMP")) {
      greeted.complete(null);
    } else if (message.get("id") instanceof Number id
        && (message.containsKey("return") || message.containsKey("error"))) {
      // An unknown id is the answer to a command that was given up.
      CompletableFuture<Object> reply = pending.get(id.longValue());
      if (reply != null) {
        answer(reply, message);
      }
    } else {
      skipNonsense();
    }
  }

  private void skipNonsense() throws IOException {
    if (++nonsense > MAX_NONSENSE_LINES) {
      throw new IOException("more than " + MAX_NONSENSE_LINES + " lines are not QMP");
    }
  }

  private static void answer(CompletableFuture<Object> reply, Map<String, Object> message) {
    if (message.containsKey("error")) {
      String description = PlainJson.text(message.get("error"), "desc");
      reply.completeExceptionally(
          new QmpException(
              QmpException.Reason.REFUSED, description.isEmpty() ? "no reason" : description));
    } else {
      reply.complete(message.get("return"));
    }
  }

  @SuppressWarnings("unchecked") // Objects come from PlainJson, whose keys are strings.
  private static Map<String, Object> data(Map<String, Object> message) {
    return message.get("data") instanceof Map<?, ?> map ? (Map<String, Object>) map : Map.of();
  }

  private void tell(Event event) {
    try {
      events.accept(event);
    } catch (RuntimeException e) {
      LOG.warn("a listener failed on the QMP event {}", event.name(), e);
    }
  }

  private static Duration left(long end) {
    return Duration.ofNanos(Math.max(0, end - System.nanoTime()));
  }

  private static <T> T await(CompletableFuture<T> future, Duration deadline, String what)
      throws QmpException, InterruptedException {
    try {
      return future.get(deadline.toNanos(), TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      throw new QmpException(
          QmpException.Reason.TIMEOUT,
          "QEMU did not answer within %d ms (%s)".formatted(deadline.toMillis(), what),
          e);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof QmpException failure) {
        throw new QmpException(failure.reason(), failure.getMessage(), failure);
      }
      throw new QmpException(QmpException.Reason.CLOSED, "QMP failed", e);
    }
  }
}
