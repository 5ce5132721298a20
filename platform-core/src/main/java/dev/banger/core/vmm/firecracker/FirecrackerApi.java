package dev.banger.core.vmm.firecracker;

import dev.banger.core.vmm.Deadline;
import dev.banger.core.vmm.PlainJson;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The API of one Firecracker, HTTP/1.1 over its Unix socket. A connection for each call, one call
 * at a time: its server has one thread and few connections. Thread-safe.
 */
final class FirecrackerApi {
  private static final int MAX_QUOTE = 400;

  private static final Pattern UNESCAPED =
      Pattern.compile("\\s*\\{\\s*\"error\"\\s*:\\s*\"(.*)\"\\s*\\}\\s*", Pattern.DOTALL);

  private final Path socket;
  private final ReentrantLock turn = new ReentrantLock();

  FirecrackerApi(Path socket) {
    this.socket = socket;
  }

  /**
   * Asks, and waits for the answer.
   *
   * @return the answer's JSON object; empty when it has none
   * @throws ApiException when there is none, or it is a refusal
   */
  Map<String, Object> call(ApiRequest request, Duration limit)
      throws ApiException, InterruptedException {
    Deadline end = Deadline.in(limit);
    if (!turn.tryLock(limit.toNanos(), TimeUnit.NANOSECONDS)) {
      throw late(request, limit);
    }
    try {
      HttpAnswer answer = exchange(request, end, limit);
      if (!answer.ok()) {
        throw ApiException.refused(answer.status(), complaint(answer));
      }
      return answer.body().length == 0 ? Map.of() : json(answer);
    } finally {
      turn.unlock();
    }
  }

  private HttpAnswer exchange(ApiRequest request, Deadline end, Duration limit)
      throws ApiException, InterruptedException {
    try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
        TimeLimit time = TimeLimit.on(channel, end.left())) {
      try {
        channel.connect(UnixDomainSocketAddress.of(socket));
        send(channel, request);
        InputStream in = new BufferedInputStream(Channels.newInputStream(channel));
        return HttpAnswer.read(in);
      } catch (ClosedByInterruptException e) {
        throw interrupted(request);
      } catch (ApiException e) {
        throw e;
      } catch (IOException e) {
        if (time.passed()) {
          throw late(request, limit);
        }
        throw ApiException.closed("no answer to %s: %s".formatted(request, reason(e)), e);
      }
    } catch (ApiException e) {
      throw e;
    } catch (IOException e) {
      throw ApiException.closed("no connection for %s: %s".formatted(request, reason(e)), e);
    }
  }

  private static void send(SocketChannel channel, ApiRequest request) throws IOException {
    byte[] body = request.bytes();
    String head =
        "%s %s HTTP/1.1\r\nHost: localhost\r\nAccept: application/json\r\n"
            .formatted(request.method(), request.path());
    if (!request.method().equals("GET")) {
      head += "Content-Type: application/json\r\nContent-Length: %d\r\n".formatted(body.length);
    }
    byte[] headBytes = (head + "\r\n").getBytes(StandardCharsets.US_ASCII);
    ByteBuffer bytes = ByteBuffer.allocate(headBytes.length + body.length);
    bytes.put(headBytes).put(body).flip();
    while (bytes.hasRemaining()) {
      channel.write(bytes);
    }
  }

  private static Map<String, Object> json(HttpAnswer answer) throws ApiException {
    try {
      return PlainJson.readObject(answer.body(), answer.body().length);
    } catch (IOException e) {
      throw ApiException.nonsense("the answer is not JSON", e);
    }
  }

  /** What the VMM has to say is in one place, what its HTTP server has to say in another. */
  private static String complaint(HttpAnswer answer) {
    String said = "";
    try {
      Map<String, Object> object = PlainJson.readObject(answer.body(), answer.body().length);
      said = PlainJson.text(object, "fault_message");
      if (said.isEmpty()) {
        said = PlainJson.text(object, "error");
      }
    } catch (IOException e) {
      // Its HTTP server does not escape what it quotes.
      Matcher matcher = UNESCAPED.matcher(answer.text());
      said = matcher.matches() ? matcher.group(1) : answer.text();
    }
    String line = said.replaceAll("[\\p{Cntrl}\\s]+", " ").replace(" \\ ", " ").strip();
    String quoted = line.substring(0, Math.min(line.length(), MAX_QUOTE));
    return quoted.isEmpty() ? "HTTP status " + answer.status() : quoted;
  }

  private static ApiException late(ApiRequest request, Duration limit) {
    return ApiException.timeout(
        "no answer to %s within %d ms".formatted(request, limit.toMillis()));
  }

  private static InterruptedException interrupted(ApiRequest request) {
    // Closing by interrupt leaves the mark on the thread; the exception stands for it.
    boolean ignored = Thread.interrupted();
    return new InterruptedException("interrupted over " + request);
  }

  private static String reason(IOException e) {
    return e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
  }
}
