package dev.banger.plugin.ports;

import static java.util.regex.Pattern.DOTALL;

import dev.banger.api.CapabilityException;
import dev.banger.api.GuestStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Pattern;

/**
 * Finds out what a port speaks: TLS is tried first, so that it is not mistaken for plain HTTP; soon
 * after, plain HTTP on a connection of its own. Ends within its time whatever the server does.
 */
final class Probe {
  /** TLS has this much of the time for itself, or as long as it took to connect. */
  private static final Duration HEAD_START = Duration.ofMillis(60);

  /** A guest under emulation takes this many times as long to answer as to connect, or less. */
  private static final int SLOWNESS = 10;

  private static final Duration LONGEST = Duration.ofSeconds(3);

  /** Enough to tell an HTTP status from everything else. */
  private static final int ENOUGH = 12;

  private static final String HTTP = "HTTP/";

  /** What HTTPS servers say to those who come without TLS: bad request, or a redirection. */
  private static final Pattern REFUSAL = Pattern.compile("HTTP/1\\.[01] (400|3..).*", DOTALL);

  private final Dial dial;
  private final String name;
  private final Duration timeout;
  private final List<GuestStream> open = new ArrayList<>();
  private boolean isOver;

  /** Connects to the port, once for each call. */
  @FunctionalInterface
  interface Dial {
    GuestStream open() throws InterruptedException;
  }

  /**
   * @param name the server's, as a browser would be told
   * @param timeout from the first connection on
   */
  Probe(Dial dial, String name, Duration timeout) {
    this.dial = dial;
    this.name = name;
    this.timeout = timeout;
  }

  /** What a server said first; empty when it hung up or was not reached. */
  private record Answer(byte[] bytes) {
    static final Answer NONE = new Answer(new byte[0]);

    boolean isTls() {
      return ClientHello.isAnswered(bytes);
    }

    boolean isHttp() {
      return text().startsWith(HTTP);
    }

    /** As of an HTTPS server that was spoken to without TLS. */
    boolean isRefusal() {
      return REFUSAL.matcher(text()).matches();
    }

    private String text() {
      return new String(bytes, StandardCharsets.ISO_8859_1);
    }
  }

  /**
   * @param sure false when the server was silent to the end, which it may not be the next time
   */
  record Finding(Service service, boolean sure) {}

  Finding find() throws InterruptedException {
    long began = System.nanoTime();
    CompletableFuture<GuestStream> first = new CompletableFuture<>();
    try {
      CompletableFuture<Answer> tls = ask("tls", this::hello, first);
      await(first, began + LONGEST.toNanos());
      Duration connecting = Duration.ofNanos(System.nanoTime() - began);
      long end = began + limit(connecting).toNanos();
      Duration start = connecting.compareTo(HEAD_START) > 0 ? connecting : HEAD_START;
      Answer toHello = await(tls, Math.min(end, System.nanoTime() + start.toNanos()));
      if (toHello != null && toHello.isTls()) {
        return new Finding(Service.HTTPS, true);
      }
      if (toHello != null && toHello.isHttp()) {
        return new Finding(Service.HTTP, true);
      }
      return plain(tls, first, end);
    } finally {
      close();
    }
  }

  private Finding plain(
      CompletableFuture<Answer> tls, CompletableFuture<GuestStream> first, long end)
      throws InterruptedException {
    CompletableFuture<Answer> http = ask("http", this::head, new CompletableFuture<>());
    awaitAny(tls, http, System.nanoTime() + (end - System.nanoTime()) / 2);
    if (!tls.isDone() && !http.isDone() && first.getNow(null) != null) {
      // A server that serves one at a time waits for a request that TLS will never make.
      first.getNow(null).close();
    }
    awaitAny(tls, http, end);
    Answer toHello = tls.getNow(null);
    if (toHello == null || !toHello.isTls()) {
      Answer toHead = await(http, end);
      if (toHello == null && toHead != null && toHead.isRefusal()) {
        toHello = await(tls, end);
      } else {
        toHello = tls.getNow(toHello);
      }
      if (toHead != null && toHead.isHttp() && (toHello == null || !toHello.isTls())) {
        return new Finding(Service.HTTP, true);
      }
    }
    if (toHello != null && (toHello.isTls() || toHello.isHttp())) {
      return new Finding(toHello.isTls() ? Service.HTTPS : Service.HTTP, true);
    }
    return new Finding(Service.TCP, tls.isDone() && http.isDone());
  }

  /** A guest that is slow to connect to is slow to answer. */
  private Duration limit(Duration connecting) {
    Duration slow = connecting.multipliedBy(SLOWNESS);
    Duration bounded = slow.compareTo(LONGEST) < 0 ? slow : LONGEST;
    return bounded.compareTo(timeout) > 0 ? bounded : timeout;
  }

  /** What to say. */
  @FunctionalInterface
  private interface Words {
    byte[] bytes() throws IOException;
  }

  private byte[] hello() throws IOException {
    return ClientHello.of(name);
  }

  private byte[] head() {
    return String.join(
            "\r\n",
            "HEAD / HTTP/1.1",
            "Host: " + name,
            "User-Agent: banger",
            "Accept: */*",
            "Connection: close",
            "",
            "")
        .getBytes(StandardCharsets.US_ASCII);
  }

  private CompletableFuture<Answer> ask(
      String what, Words words, CompletableFuture<GuestStream> connected) {
    CompletableFuture<Answer> answer = new CompletableFuture<>();
    Thread.ofVirtual()
        .name("probe-" + what)
        .start(
            () -> {
              Answer heard = Answer.NONE;
              try (GuestStream stream = dial.open()) {
                if (enter(stream)) {
                  connected.complete(stream);
                  stream.out().write(words.bytes());
                  stream.out().flush();
                  heard = listen(stream.in());
                }
              } catch (IOException | CapabilityException e) {
                // It is as if it had said nothing.
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              } finally {
                connected.complete(null);
                answer.complete(heard);
              }
            });
    return answer;
  }

  /** Reads until it tells something: a server may send less than asked for, and then be silent. */
  private static Answer listen(InputStream in) throws IOException {
    byte[] bytes = new byte[ENOUGH];
    int length = 0;
    int count = in.read(bytes);
    while (count > 0) {
      length += count;
      Answer heard = new Answer(Arrays.copyOf(bytes, length));
      boolean mayBeHttp = HTTP.startsWith(heard.text()) || heard.isHttp();
      if (length == ENOUGH || (!mayBeHttp && length >= ClientHello.ENOUGH)) {
        return heard;
      }
      count = in.read(bytes, length, ENOUGH - length);
    }
    return new Answer(Arrays.copyOf(bytes, length));
  }

  private synchronized boolean enter(GuestStream stream) {
    if (!isOver) {
      open.add(stream);
    }
    return !isOver;
  }

  private void close() {
    List<GuestStream> ending;
    synchronized (this) {
      isOver = true;
      ending = List.copyOf(open);
    }
    ending.forEach(GuestStream::close);
  }

  /** Null when it is not there in time. */
  private static <T> T await(CompletableFuture<T> future, long end) throws InterruptedException {
    try {
      return future.get(Math.max(0, end - System.nanoTime()), TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      return null;
    } catch (ExecutionException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void awaitAny(
      CompletableFuture<Answer> one, CompletableFuture<Answer> other, long end)
      throws InterruptedException {
    // An answer that tells nothing is worth waiting for the other one.
    CompletableFuture<Object> decided = new CompletableFuture<>();
    for (CompletableFuture<Answer> each : List.of(one, other)) {
      var _ =
          each.thenAccept(
              answer -> {
                if (answer.isTls() || answer.isHttp() || (one.isDone() && other.isDone())) {
                  decided.complete(answer);
                }
              });
    }
    var _ = await(decided, end);
  }
}
