package dev.banger.core.plugins;

import static dev.banger.core.plugins.PluginFixture.registering;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.banger.client.BangerClient;
import dev.banger.client.ByteStream;
import dev.banger.client.Json;
import dev.banger.client.RpcException;
import dev.banger.core.lifecycle.Operation;
import dev.banger.core.lifecycle.OperationLog;
import dev.banger.core.lifecycle.Operations;
import dev.banger.core.rpc.CheckedAnswers;
import dev.banger.core.rpc.MethodTable;
import dev.banger.core.rpc.PluginMethods;
import dev.banger.core.rpc.RpcServer;
import dev.banger.protocol.ByteFrame;
import dev.banger.protocol.ByteFrames;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The plugin methods as clients use them. */
class PluginRpcTest {
  @TempDir Path temp;
  private RuntimeHarness harness;
  private Operations operations;
  private RpcServer server;

  @BeforeEach
  void aHarness() {
    harness = new RuntimeHarness(temp);
  }

  @AfterEach
  void closeAll() {
    if (server != null) {
      server.close();
      operations.close();
    }
    harness.close();
  }

  private BangerClient serve() {
    PluginRuntime runtime = harness.start();
    operations = new Operations(new NoLog());
    MethodTable methods = new MethodTable();
    PluginTrace trace =
        new PluginTrace((_, _, limit) -> harness.journal.runs().stream().limit(limit).toList());
    new PluginMethods(runtime, operations, trace, _ -> RuntimeHarness.WEB.id().value())
        .register(methods.asMap());
    methods.completed();
    Path socket = temp.resolve("run/d.sock");
    server = RpcServer.listen(socket, CheckedAnswers.of(methods::find));
    return BangerClient.connect(socket, Duration.ofSeconds(5)).orElseThrow();
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

  private static Json.Builder command(String command) {
    return Json.build().put("plugin", "w").put("command", command).put("cwd", "/");
  }

  private static void awaitFile(Path file) throws InterruptedException {
    long end = System.nanoTime() + Duration.ofSeconds(30).toNanos();
    while (!Files.exists(file)) {
      assertThat(System.nanoTime()).as("time").isLessThan(end);
      Thread.sleep(5);
    }
  }

  @Test
  void a_plugin_is_installed_shown_and_removed() throws Exception {
    Path zip =
        harness.fixture.zipped(
            "w",
            "1.0.0",
            """
            package fixture;
            import dev.banger.api.*;
            public final class Entry implements CapabilityPlugin {
              public record Settings(@Summary("how many") int maxFiles) {}
              @Override public void register(Registrar r) {
                r.describe("for a test");
                r.needs(Permission.VM_READ);
                r.config(new Settings(7));
                r.vmRemoved((vm, context) -> {});
              }
            }
            """);
    try (BangerClient client = serve()) {
      Json plan =
          client.call(
              "plugin.install",
              Json.build().put("file", zip.toString()).put("dryRun", true).done());
      assertThat(plan.get("previousVersion").isNull()).isTrue();
      assertThat(plan.get("permissions").texts()).containsExactly("vm.read");
      assertThat(plan.get("adds").get("hooks").texts()).containsExactly("vm-removed");
      Json done =
          client.call(
              "plugin.install",
              Json.build().put("file", zip.toString()).put("digest", plan.text("digest")).done());
      assertThat(done.text("state")).isEqualTo("active");

      Json info = client.call("plugin.info", Json.build().put("id", "w").done());
      assertThat(info.get("config").elements())
          .containsExactly(
              Json.build()
                  .put("key", "max_files")
                  .put("type", "int")
                  .put("default", 7)
                  .put("summary", "how many")
                  .done());
      assertThat(info.get("versions").elements())
          .extracting(version -> version.text("state"))
          .containsExactly("active");
      assertThat(info.get("requires").isObject()).isTrue();
      assertThat(info.get("hooks").texts()).containsExactly("vm-removed");

      assertThat(client.call("plugin.trace", Json.build().done()).elements()).isEmpty();
      assertThat(client.call("plugin.remove", Json.build().put("id", "w").done()).text("state"))
          .isEqualTo("removed");
      RpcException relative =
          catchThrowableOfType(
              RpcException.class,
              () -> client.call("plugin.install", Json.build().put("file", "x.zip").done()));
      assertThat(relative).hasMessageContaining("must be an absolute path");
    }
  }

  private static String live(Path ended) {
    return registering(
        """
        r.command(CommandSpec.builder("test w", "does it").example("x").live().build(), call -> {
          call.emit(Map.of("n", 1));
          call.emit(Map.of("n", 2));
          return CommandResult.object(Map.of("done", true));
        });
        r.command(CommandSpec.builder("test ever", "does it").example("x").live().build(), call -> {
          try {
            call.emit(Map.of("n", 1));
            Thread.sleep(3_600_000);
            return CommandResult.none();
          } finally {
            Files.writeString(Path.of("%s"), "yes");
          }
        });
        """
            .formatted(ended));
  }

  @Test
  void rows_come_before_the_result_and_the_connection_goes_on() throws Exception {
    harness.with("w", live(temp.resolve("ended")));
    try (BangerClient client = serve()) {
      for (int i = 0; i < 20; i++) {
        List<String> rows = new ArrayList<>();
        Json result =
            client.call(
                "plugin.call",
                command("test w").done(),
                (method, params) -> rows.add(method + params.get("row")));
        assertThat(rows).containsExactly("row{\"n\":1}", "row{\"n\":2}");
        assertThat(result.get("done").truth(false)).isTrue();
      }
    }
  }

  @Test
  void a_watcher_that_hangs_up_ends_the_command() throws Exception {
    Path ended = temp.resolve("ended");
    harness.with("w", live(ended));
    try (BangerClient client = serve()) {
      var _ =
          catchThrowableOfType(
              RuntimeException.class,
              () ->
                  client.call(
                      "plugin.call", command("test ever").done(), (_, _) -> client.close()));
    }
    awaitFile(ended);
  }

  private static String attached(Path ended) {
    return registering(
        """
        r.command(CommandSpec.builder("test w", "does it").example("x").attach().build(), call -> {
          call.terminal().err().write("ready".getBytes());
          try {
            call.terminal().in().transferTo(call.terminal().out());
            return CommandResult.exit(7);
          } catch (java.io.IOException e) {
            Files.writeString(Path.of("%s"), e.getMessage());
            throw e;
          }
        });
        r.command(CommandSpec.builder("test bad", "does it").example("x").attach().build(), call -> {
          throw new CapabilityException(FailureKind.CONFLICT, "not now");
        });
        """
            .formatted(ended));
  }

  @Test
  void bytes_go_both_ways_and_the_exit_code_comes_last() throws Exception {
    harness.with("w", attached(temp.resolve("ended")));
    byte[] sent = new byte[300_000];
    ByteArrayOutputStream got = new ByteArrayOutputStream();
    ByteArrayOutputStream errors = new ByteArrayOutputStream();
    int code = -1;
    try (BangerClient client = serve();
        ByteStream stream =
            client.stream("plugin.stream", command("test w").done(), (_, _) -> {})) {
      Thread typing =
          Thread.ofVirtual()
              .start(
                  () -> {
                    try {
                      for (int at = 0; at < sent.length; at += 50_000) {
                        stream.input(sent, at, 50_000);
                      }
                      stream.endInput();
                    } catch (java.io.IOException e) {
                      throw new java.io.UncheckedIOException(e);
                    }
                  });
      ByteFrame frame;
      while ((frame = stream.read()) != null && frame.kind() != ByteFrames.EXIT) {
        (frame.kind() == ByteFrames.STDOUT ? got : errors).write(frame.payload());
      }
      typing.join();
      code = ByteBuffer.wrap(frame.payload()).getInt();
    }
    assertThat(code).isEqualTo(7);
    assertThat(got.toByteArray()).isEqualTo(sent);
    assertThat(errors.toString(StandardCharsets.UTF_8)).isEqualTo("ready");
  }

  @Test
  void a_client_that_goes_away_breaks_the_streams_of_the_command() throws Exception {
    Path ended = temp.resolve("ended");
    harness.with("w", attached(ended));
    try (BangerClient client = serve();
        ByteStream stream =
            client.stream("plugin.stream", command("test w").done(), (_, _) -> {})) {
      assertThat(stream.read().kind()).isEqualTo(ByteFrames.STDERR);
    }
    awaitFile(ended);
  }

  @Test
  void a_failure_of_an_attached_command_is_the_last_frame() throws Exception {
    harness.with("w", attached(temp.resolve("ended")));
    try (BangerClient client = serve();
        ByteStream stream =
            client.stream("plugin.stream", command("test bad").done(), (_, _) -> {})) {
      ByteFrame frame = stream.read();
      while (frame.kind() != ByteFrames.ERROR) {
        frame = stream.read();
      }
      Json error = Json.parse(frame.payload());
      assertThat(error.text("message")).isEqualTo("not now");
      assertThat(error.text("kind")).isEqualTo("conflict");
      assertThat(error.get("exitCode").number(0)).isEqualTo(125);
    }
  }

  @Test
  void switching_off_tells_whoever_is_attached() throws Exception {
    harness.with("w", attached(temp.resolve("ended")));
    try (BangerClient client = serve();
        ByteStream stream =
            client.stream("plugin.stream", command("test w").done(), (_, _) -> {})) {
      assertThat(stream.read().kind()).isEqualTo(ByteFrames.STDERR);
      harness.runtime().disable("w");
      ByteFrame frame = stream.read();
      while (frame.kind() != ByteFrames.ERROR) {
        frame = stream.read();
      }
      assertThat(Json.parse(frame.payload()).text("message"))
          .isEqualTo("plugin w 1.2.3 was switched off or replaced");
    }
  }
}
