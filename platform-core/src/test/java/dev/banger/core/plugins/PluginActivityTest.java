package dev.banger.core.plugins;

import static dev.banger.core.plugins.PluginFixture.entry;
import static dev.banger.core.plugins.PluginFixture.registering;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.banger.core.lifecycle.Progress;
import dev.banger.core.model.BangerException;
import dev.banger.core.model.ErrorKind;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Commands that go on, events and sweeps. */
class PluginActivityTest {
  @TempDir Path temp;
  private RuntimeHarness harness;

  @BeforeEach
  void aHarness() {
    harness = new RuntimeHarness(temp);
  }

  @AfterEach
  void closeIt() {
    harness.close();
    await(
        () ->
            Thread.getAllStackTraces().keySet().stream()
                .noneMatch(thread -> thread.getName().startsWith("plugin-")));
  }

  private static void await(BooleanSupplier condition) {
    long end = System.nanoTime() + Duration.ofSeconds(30).toNanos();
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime()).as("time").isLessThan(end);
      Thread.onSpinWait();
    }
  }

  private static String live(String body) {
    return registering(
        """
        r.command(CommandSpec.builder("test w", "does it").example("x").live().build(), call -> {
          %s
        });
        """
            .formatted(body));
  }

  private String watch(PluginRuntime.RowSink rows) throws InterruptedException {
    return harness.runtime().call("w", "test w", "{}", Path.of("/"), Progress.NONE, rows);
  }

  @Test
  void rows_come_as_they_are_made_and_the_result_last() throws Exception {
    harness.with(
        "w",
        live(
            """
            for (int i = 0; i < 3; i++) call.emit(Map.of("n", i));
            return CommandResult.exit(3);
            """));
    harness.start();
    List<String> rows = new ArrayList<>();

    assertThat(watch(rows::add)).isEqualTo("{\"exitCode\":3}");
    assertThat(rows).containsExactly("{\"n\":0}", "{\"n\":1}", "{\"n\":2}");
  }

  @Test
  void what_a_command_could_not_do_is_told_after_its_rows_and_beside_its_result() throws Exception {
    harness.with(
        "w",
        live(
            """
            call.emit(Map.of("n", 1));
            return CommandResult.object(Map.of("message", "two of three")).withFailures(
                List.of(new CapabilityException(FailureKind.ILLEGAL_STATE, "b is stopped", "start it")));
            """));
    harness.start();
    List<String> told = new ArrayList<>();
    PluginRuntime.RowSink sink =
        new PluginRuntime.RowSink() {
          @Override
          public void row(String json) {
            told.add(json);
          }

          @Override
          public void failure(BangerException e) {
            told.add(e.kind() + " " + e.getMessage() + " (" + e.hint() + ")");
          }
        };

    assertThat(watch(sink)).isEqualTo("{\"message\":\"two of three\"}");
    assertThat(told).containsExactly("{\"n\":1}", "ILLEGAL_STATE b is stopped (start it)");
  }

  @Test
  void a_row_that_cannot_be_sent_is_the_plugins_defect() throws Exception {
    harness.with("w", live("call.emit(Map.of(\"n\", new Object())); return CommandResult.none();"));
    harness.start();

    assertThatThrownBy(() -> watch(_ -> {}))
        .isInstanceOf(BangerException.class)
        .hasMessageContaining("a result cannot hold a java.lang.Object");
  }

  @Test
  void switching_a_plugin_off_ends_its_watchers_and_does_not_wait_for_them() throws Exception {
    harness.with(
        "w",
        live("call.emit(Map.of(\"n\", 1)); Thread.sleep(3_600_000); return CommandResult.none();"));
    PluginRuntime runtime = harness.start();
    BlockingQueue<String> rows = new LinkedBlockingQueue<>();
    CompletableFuture<Throwable> end = new CompletableFuture<>();
    Thread.ofVirtual()
        .start(
            () -> {
              try {
                end.completeExceptionally(new AssertionError(watch(rows::add)));
              } catch (Throwable e) {
                end.complete(e);
              }
            });
    assertThat(rows.poll(30, TimeUnit.SECONDS)).isEqualTo("{\"n\":1}");

    runtime.disable("w");

    assertThat(end.get(30, TimeUnit.SECONDS))
        .isInstanceOfSatisfying(
            BangerException.class, e -> assertThat(e.kind()).isEqualTo(ErrorKind.UNAVAILABLE))
        .hasMessage("plugin w 1.2.3 was switched off or replaced");
    await(
        () -> {
          runtime.settle();
          return runtime.details("w").versions().isEmpty();
        });
  }

  @Test
  void a_watcher_that_leaves_ends_the_command() throws Exception {
    Path ended = temp.resolve("ended");
    harness.with(
        "w",
        live(
            """
            try { while (true) call.emit(Map.of("n", 1)); }
            finally { Files.writeString(Path.of("%s"), "yes"); }
            """
                .formatted(ended)));
    harness.start();
    Thread.currentThread().interrupt();
    assertThatThrownBy(() -> watch(_ -> Thread.sleep(3_600_000)))
        .isInstanceOf(InterruptedException.class);
    await(() -> Files.exists(ended));
  }

  @Test
  void an_attached_command_has_the_other_end_and_its_own_exit_code() throws Exception {
    harness.with(
        "w",
        registering(
            """
            r.command(CommandSpec.builder("test w", "does it").example("x").attach().build(), call -> {
              TerminalStreams t = call.terminal();
              t.err().write((t.size().get().columns() + " ").getBytes());
              t.in().transferTo(t.out());
              return CommandResult.exit(7);
            });
            r.command(command("test plain", 5000), call -> {
              call.terminal();
              return CommandResult.none();
            });
            """));
    PluginRuntime runtime = harness.start();
    Terminal terminal = Terminal.tty(24, 80);
    try (OutputStream typing = terminal.typing()) {
      typing.write("hello".getBytes(StandardCharsets.UTF_8));
    }

    assertThat(runtime.attach("w", "test w", "{}", Path.of("/"), terminal)).isEqualTo(7);
    terminal.ended();
    assertThat(new String(terminal.written().readAllBytes(), StandardCharsets.UTF_8))
        .isEqualTo("80 hello");
    assertThat(terminal.errors().readAllBytes()).isEmpty();
    terminal.hangUp();
    assertThatThrownBy(() -> terminal.out().write(1)).hasMessageContaining("gone away");
    assertThatThrownBy(() -> watch(_ -> {})).hasMessageContaining("attached to a terminal");
    assertThatThrownBy(() -> runtime.checkAttachable("w", "test plain", "{}", Path.of("/")))
        .hasMessageContaining("is not attached to a terminal");
    assertThatThrownBy(
            () -> runtime.call("w", "test plain", "{}", Path.of("/"), Progress.NONE, _ -> {}))
        .hasMessageContaining("not of mode ATTACH");
  }

  @Test
  void a_terminal_tells_its_new_size_and_drops_a_listener_that_fails() {
    Terminal terminal = Terminal.tty(0, 80);
    List<Integer> seen = new ArrayList<>();
    terminal.onResize(size -> seen.add(size.columns()));
    terminal.onResize(
        size -> {
          throw new IllegalStateException("at " + size);
        });
    terminal.resized(50, 100);
    terminal.resized(0, 7);
    terminal.resized(50, 120);

    assertThat(seen).containsExactly(100, 120);
    assertThat(terminal.size().orElseThrow().columns()).isEqualTo(120);
    assertThat(Terminal.pipes().size()).isEmpty();
  }

  @Test
  void events_come_in_order_and_what_a_slow_plugin_cannot_take_is_lost() throws Exception {
    Path go = temp.resolve("go");
    Path log = temp.resolve("log");
    String listening =
        """
        r.events((event, context) -> {
          while (!Files.exists(Path.of("%s"))) Thread.sleep(1);
          Files.writeString(Path.of("%s"), event.type() + " " + event.vm().name() + event.reason()
              + "\\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
          if (event.type().equals("n3")) throw new Error("hm");
        });
        """
            .formatted(go, log);
    harness.with("w", registering(listening));
    harness.with("deaf", registering("r.events((event, context) -> { throw new Error(); });"));
    PluginRuntime runtime = harness.start();

    for (int i = 0; i < 1000; i++) {
      runtime.happened(VmViews.of(RuntimeHarness.WEB), "n" + i, "", Instant.EPOCH);
    }
    Files.createFile(go);
    await(() -> Files.exists(log) && lines(log).size() >= 256);

    assertThat(lines(log)).startsWith("n0 web", "n1 web", "n2 web", "n3 web", "n4 web");
    assertThat(lines(log)).hasSizeLessThan(300);
  }

  private static List<String> lines(Path file) {
    try {
      return Files.readAllLines(file);
    } catch (java.io.IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  @Test
  void plugins_sweep_when_asked_and_when_they_become_active_one_sweep_at_a_time() throws Exception {
    Path log = temp.resolve("log");
    harness.with(
        "w",
        entry(
            """
            static final java.util.concurrent.atomic.AtomicInteger INSIDE =
                new java.util.concurrent.atomic.AtomicInteger();
            @Override public void register(Registrar r) {
              r.describe("for a test");
              r.sweep((exists, context) -> {
                if (INSIDE.incrementAndGet() > 1) throw new Error("two at a time");
                Files.writeString(Path.of("%s"), exists.test("web") + " " + exists.test("x") + "\\n",
                    StandardOpenOption.CREATE, StandardOpenOption.APPEND);
                INSIDE.decrementAndGet();
                return List.of("a line");
              });
            }
            """
                .formatted(log)));
    harness.with("bad", registering("r.sweep((exists, context) -> { throw new Error(\"x\"); });"));
    PluginRuntime runtime = harness.start();
    assertThat(log).doesNotExist();

    for (int i = 0; i < 20; i++) {
      runtime.sweepAll("web"::equals);
    }
    await(() -> Files.exists(log) && !lines(log).isEmpty());
    assertThat(lines(log)).allMatch("true false"::equals);

    runtime.disable("w");
    await(
        () -> {
          runtime.settle();
          return runtime.details("w").versions().isEmpty();
        });
    Files.delete(log);
    runtime.enable("w");
    await(() -> Files.exists(log) && !lines(log).isEmpty());
  }

  @Test
  void a_plugin_has_its_say_about_a_vm_while_it_is_active() throws Exception {
    harness.with(
        "w",
        PluginFixture.entry(
            """
            @Override public void register(Registrar r) { r.describe("for a test"); }
            @Override public void open(OpenContext context) {
              context.remark("0000000000aa", List.of("port 80 \\u001b[1mis in use"));
            }
            """));
    harness.start();

    assertThat(harness.runtime().remarks("0000000000aa"))
        .containsExactly("w: port 80  [1mis in use");
    assertThat(harness.runtime().remarks("0000000000ab")).isEmpty();
    var _ = harness.runtime().disable("w");
    assertThat(harness.runtime().remarks("0000000000aa")).isEmpty();
  }
}
