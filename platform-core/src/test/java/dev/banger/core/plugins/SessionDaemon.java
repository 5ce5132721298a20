package dev.banger.core.plugins;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.banger.core.guest.SocketGuestConnector;
import dev.banger.core.lifecycle.GuestLink;
import dev.banger.core.lifecycle.Operation;
import dev.banger.core.lifecycle.OperationLog;
import dev.banger.core.lifecycle.Operations;
import dev.banger.core.rpc.MethodTable;
import dev.banger.core.rpc.PluginMethods;
import dev.banger.core.rpc.RpcServer;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;

/**
 * The part of the daemon that sessions go through, in a process of its own with little memory: the
 * link to one agent, the plugin from its sources, and the socket for clients. It ends with its
 * input.
 */
final class SessionDaemon implements AutoCloseable {
  private static final Path SOURCES = Path.of("../plugins/sessions/src/main/java");
  private static final String ENTRY =
      """
      package fixture;
      import dev.banger.api.*;
      public final class Entry implements CapabilityPlugin {
        @Override public void register(Registrar r) {
          new dev.banger.plugin.sessions.SessionsPlugin().register(r);
        }
      }
      """;

  private final Process process;
  final Path socket;

  private SessionDaemon(Process process, Path socket) {
    this.process = process;
    this.socket = socket;
  }

  /**
   * @param heap as {@code -Xmx} takes it
   */
  static SessionDaemon start(Path dir, Path agent, String heap) throws Exception {
    RuntimeHarness harness = new RuntimeHarness(dir);
    harness.fixture.install(harness.root, "sessions", "1.2.3", sources());
    ProcessBuilder builder =
        new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:+UseSerialGC",
            "-XX:+ExitOnOutOfMemoryError",
            "-Xmx" + heap,
            "--enable-native-access=ALL-UNNAMED",
            "-cp",
            System.getProperty("java.class.path"),
            SessionDaemon.class.getName(),
            dir.toString(),
            agent.toString());
    builder.redirectErrorStream(true);
    SessionDaemon daemon = new SessionDaemon(builder.start(), socket(dir));
    daemon.awaitReady();
    return daemon;
  }

  private static Path socket(Path dir) {
    return dir.resolve("run/d.sock");
  }

  private static Map<String, String> sources() throws IOException {
    Map<String, String> sources = new HashMap<>(Map.of("fixture/Entry.java", ENTRY));
    try (Stream<Path> files = Files.walk(SOURCES)) {
      for (Path file : files.filter(path -> path.toString().endsWith(".java")).toList()) {
        sources.put(SOURCES.relativize(file).toString(), Files.readString(file));
      }
    }
    return sources;
  }

  /** What it says from then on is taken too, so that it never waits for a reader. */
  private void awaitReady() throws IOException {
    var said = new InputStreamReader(process.getInputStream(), UTF_8);
    StringBuilder text = new StringBuilder();
    while (text.indexOf("ready\n") < 0) {
      int next = said.read();
      if (next < 0) {
        throw new IllegalStateException(text.toString());
      }
      text.append((char) next);
    }
    Thread.ofVirtual()
        .start(
            () -> {
              try {
                said.transferTo(java.io.Writer.nullWriter());
              } catch (IOException e) {
                // It has ended.
              }
            });
  }

  boolean isAlive() {
    return process.isAlive();
  }

  @Override
  public void close() throws IOException {
    process.getOutputStream().close();
    try {
      if (!process.waitFor(20, TimeUnit.SECONDS)) {
        process.destroyForcibly().waitFor();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }

  public static void main(String[] args) throws Exception {
    Path dir = Path.of(args[0]);
    try (GuestLink link =
            new SocketGuestConnector().connect(Path.of(args[1]), Duration.ofSeconds(60));
        RuntimeHarness harness = new RuntimeHarness(dir).withGuest(link)) {
      PluginRuntime runtime = harness.start();
      Operations operations = new Operations(new NoLog());
      MethodTable methods = new MethodTable();
      PluginTrace trace = new PluginTrace((_, _, _) -> List.of());
      new PluginMethods(runtime, operations, trace, _ -> RuntimeHarness.WEB.id().value())
          .register(methods.asMap());
      methods.completed();
      try (RpcServer server = RpcServer.listen(socket(dir), methods::find)) {
        System.out.println("ready");
        while (System.in.read() >= 0) {
          // Only its end says something.
        }
      }
      operations.close();
    }
  }

  private static final class NoLog implements OperationLog {
    private final AtomicLong last = new AtomicLong();

    @Override
    public long nextNumber() {
      return last.incrementAndGet();
    }

    @Override
    public void save(Operation.View ended) {}

    @Override
    public List<Operation.View> ended(int atMost) {
      return List.of();
    }
  }
}
