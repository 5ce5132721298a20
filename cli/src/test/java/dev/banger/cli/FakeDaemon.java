package dev.banger.cli;

import dev.banger.client.Json;
import dev.banger.contract.Contract;
import dev.banger.protocol.ByteFrame;
import dev.banger.protocol.ByteFrames;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * A daemon that does as a test tells it, on a real socket. What it hears and what it answers is
 * held against docs/openrpc.json; fields that the test is not about may be left out of answers.
 */
public final class FakeDaemon implements AutoCloseable {
  /** One method. Returning null after {@link Session#upgrade} ends the connection. */
  public interface Handler {
    Json answer(Json params, Session session) throws Exception;
  }

  /** A request that was heard. */
  public record Heard(String method, Json params) {}

  static final class Refusal extends Exception {
    private static final long serialVersionUID = 1L;
    private final transient Json error;

    Refusal(Json error) {
      super(error.toString());
      this.error = error;
    }
  }

  private final Path socket;
  private final ServerSocketChannel server;
  private final Map<String, Handler> handlers = new ConcurrentHashMap<>();
  private final List<Heard> heard = new CopyOnWriteArrayList<>();
  private final List<SocketChannel> clients = new CopyOnWriteArrayList<>();
  private final List<Thread> threads = new CopyOnWriteArrayList<>();
  private final Thread acceptor;
  private final Contract requests;
  private final Contract answers;
  private final List<String> faults = new CopyOnWriteArrayList<>();

  public FakeDaemon(Path socket) throws IOException {
    this(socket, Contract.of(Described.DOCUMENT), Contract.ofParts(Described.DOCUMENT));
  }

  /** For a process of its own, which need not load what checks. */
  static FakeDaemon unchecked(Path socket) throws IOException {
    return new FakeDaemon(socket, null, null);
  }

  /** Read once. */
  private static final class Described {
    static final Json DOCUMENT = read();

    private static Json read() {
      try {
        return Json.parse(Files.readAllBytes(Path.of("..", "docs", "openrpc.json")));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  private FakeDaemon(Path socket, Contract requests, Contract answers) throws IOException {
    this.requests = requests;
    this.answers = answers;
    this.socket = socket;
    Files.createDirectories(socket.getParent());
    Files.deleteIfExists(socket);
    server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    server.bind(UnixDomainSocketAddress.of(socket));
    answer("daemon.hello", "{'daemon':'banger 0.1.0','protocol':1,'minProtocol':1}");
    answer("daemon.ping", "{'version':'0.1.0','protocol':1,'pid':1}");
    answer("plugin.manifests", "{'digest':'none','plugins':[]}");
    acceptor = Thread.ofVirtual().start(this::accept);
  }

  /** Answers {@code method} with JSON written in single quotes. */
  public FakeDaemon answer(String method, String json) throws IOException {
    Json answer = json(json);
    return on(method, (params, session) -> answer);
  }

  public FakeDaemon on(String method, Handler handler) {
    handlers.put(method, handler);
    return this;
  }

  public FakeDaemon fail(String method, String kind, String message, String hint) {
    return on(
        method,
        (params, session) -> {
          throw refusal(kind, message, hint, List.of());
        });
  }

  static Refusal refusal(String kind, String message, String hint, List<String> details) {
    return new Refusal(
        Json.build()
            .put("code", -32000)
            .put("message", message)
            .put(
                "data",
                Json.build()
                    .put("kind", kind)
                    .put("hint", hint)
                    .put("details", Json.strings(details))
                    .done())
            .done());
  }

  public static Json json(String singleQuoted) throws IOException {
    return Json.parse(singleQuoted.replace('\'', '"'));
  }

  /** What was heard, greetings, pings and manifests left out. */
  public List<Heard> heard() {
    return heard.stream()
        .filter(call -> !call.method().equals("daemon.hello"))
        .filter(call -> !call.method().equals("daemon.ping"))
        .filter(call -> !call.method().equals("plugin.manifests"))
        .toList();
  }

  /** The parameters of the only call of {@code method}. */
  public Json params(String method) {
    List<Heard> calls = heard.stream().filter(call -> call.method().equals(method)).toList();
    if (calls.size() != 1) {
      throw new AssertionError(method + " was heard " + calls.size() + " times: " + heard());
    }
    return calls.get(0).params();
  }

  private void accept() {
    try {
      while (true) {
        SocketChannel client = server.accept();
        clients.add(client);
        threads.add(Thread.ofVirtual().start(() -> serve(client)));
      }
    } catch (IOException e) {
      // Closed.
    }
  }

  private void serve(SocketChannel client) {
    try (client) {
      InputStream in = Channels.newInputStream(client);
      OutputStream out = Channels.newOutputStream(client);
      while (true) {
        String line = line(in);
        if (line == null) {
          return;
        }
        Json request = Json.parse(line);
        heard.add(new Heard(request.text("method"), request.get("params")));
        checkRequest(request.text("method"), request.get("params"));
        Session session = new Session(request.get("id"), in, out);
        Json.Builder response = Json.build().put("jsonrpc", "2.0").put("id", request.get("id"));
        try {
          Handler handler = handlers.get(request.text("method"));
          if (handler == null) {
            throw new Refusal(
                Json.build()
                    .put("code", -32601)
                    .put("message", "unknown method " + request.text("method"))
                    .done());
          }
          Json answer = handler.answer(request.get("params"), session);
          if (session.isUpgraded) {
            return;
          }
          if (answer == null) {
            return;
          }
          checkAnswer(request.text("method"), answer);
          response.put("result", answer);
        } catch (Refusal e) {
          response.put("error", e.error);
        }
        session.line(response.done());
      }
    } catch (ClosedChannelException e) {
      // Closed by the test, or by the client.
    } catch (Exception e) {
      if (client.isOpen() && !String.valueOf(e.getMessage()).contains("Broken pipe")) {
        throw new AssertionError(e);
      }
    }
  }

  private void checkRequest(String method, Json params) {
    if (requests == null) {
      return;
    }
    if (!requests.declares(method)) {
      faults.add("the request " + method + " is not in docs/openrpc.json");
      return;
    }
    for (String fault : requests.faultsOfParameters(method, params)) {
      faults.add("the request " + method + " " + params + ": " + fault);
    }
  }

  private void checkAnswer(String method, Json answer) {
    if (answers == null || !answers.declares(method)) {
      return;
    }
    for (String fault : answers.faultsOfResult(method, answer)) {
      faults.add("the answer to " + method + " " + answer + ": " + fault);
    }
  }

  /** Byte by byte, so that nothing of a following frame is taken. */
  private static String line(InputStream in) throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    int b = in.read();
    while (b >= 0 && b != '\n') {
      line.write(b);
      b = in.read();
    }
    return b < 0 ? null : line.toString(StandardCharsets.UTF_8);
  }

  @Override
  public void close() throws IOException {
    server.close();
    for (SocketChannel client : clients) {
      client.close();
    }
    Files.deleteIfExists(socket);
    try {
      acceptor.join(10_000);
      for (Thread thread : threads) {
        thread.join(10_000);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    if (!faults.isEmpty()) {
      throw new AssertionError(
          "not as docs/openrpc.json says, which is made from the *MethodDocs of the daemon:\n"
              + String.join("\n", faults));
    }
  }

  /** One request being answered. */
  public static final class Session {
    private final Json id;
    private final InputStream in;
    private final OutputStream out;
    private boolean isUpgraded;

    Session(Json id, InputStream in, OutputStream out) {
      this.id = id;
      this.in = in;
      this.out = out;
    }

    void line(Json json) throws IOException {
      byte[] bytes = json.toBytes();
      out.write(bytes);
      out.write('\n');
    }

    public void notify(String method, String singleQuoted) throws IOException {
      line(
          Json.build()
              .put("jsonrpc", "2.0")
              .put("method", method)
              .put("params", json(singleQuoted))
              .done());
    }

    public void stage(String stage, String status, long millis, String message) throws IOException {
      line(
          Json.build()
              .put("jsonrpc", "2.0")
              .put("method", "stage")
              .put(
                  "params",
                  Json.build()
                      .put("op", "op-3")
                      .put("vm", "web")
                      .put("stage", stage)
                      .put("status", status)
                      .put("elapsedMs", millis)
                      .put("message", message)
                      .done())
              .done());
    }

    /** From here on frames. */
    public Session upgrade() throws IOException {
      line(
          Json.build()
              .put("jsonrpc", "2.0")
              .put("id", id)
              .put("result", Json.build().put("stream", true).done())
              .done());
      isUpgraded = true;
      return this;
    }

    public ByteFrame read() throws IOException {
      return ByteFrames.read(in);
    }

    public void write(int kind, String text) throws IOException {
      ByteFrames.writeAll(out, kind, text.getBytes(StandardCharsets.UTF_8));
    }

    public void exit(int code) throws IOException {
      ByteFrames.writeExit(out, code);
    }

    public void error(String singleQuoted) throws IOException {
      ByteFrames.writeError(out, json(singleQuoted).toString());
    }

    /** Frames of standard output, as a stream. */
    public OutputStream stdout() {
      return new OutputStream() {
        @Override
        public void write(int b) throws IOException {
          write(new byte[] {(byte) b}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
          for (int at = 0; at < length; at += ByteFrames.MAX_PAYLOAD) {
            ByteFrames.write(
                out,
                ByteFrames.STDOUT,
                bytes,
                offset + at,
                Math.min(ByteFrames.MAX_PAYLOAD, length - at));
          }
        }
      };
    }

    /** All standard input up to its end. */
    public byte[] input() throws IOException {
      ByteArrayOutputStream all = new ByteArrayOutputStream();
      for (ByteFrame frame = read(); frame != null; frame = read()) {
        if (frame.kind() == ByteFrames.STDIN) {
          if (frame.isEndOfStream()) {
            return all.toByteArray();
          }
          all.write(frame.payload());
        }
      }
      throw new IOException("the input did not end");
    }
  }
}
