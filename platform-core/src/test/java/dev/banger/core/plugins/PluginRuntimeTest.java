package dev.banger.core.plugins;

import static dev.banger.core.plugins.PluginFixture.entry;
import static dev.banger.core.plugins.PluginFixture.registering;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.banger.core.lifecycle.Progress;
import dev.banger.core.model.BangerException;
import dev.banger.core.model.ErrorKind;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.zip.ZipFile;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PluginRuntimeTest {
  /** Answers with its plugin's id. */
  private static String good(String id) {
    return registering(
        """
        r.command(command("test %s", 5000), call -> CommandResult.object(
            Map.of("from", call.context().pluginId())));
        """
            .formatted(id));
  }

  private static String answering(String id, String millis, String handler) {
    return registering("r.command(command(\"test %s\", %s), %s);".formatted(id, millis, handler));
  }

  @TempDir Path temp;
  private RuntimeHarness harness;

  @BeforeEach
  void aHarness() {
    harness = new RuntimeHarness(temp);
  }

  @AfterEach
  void closeIt() {
    harness.close();
    assertThat(Thread.getAllStackTraces().keySet())
        .filteredOn(thread -> thread.isAlive() && thread.getName().startsWith("plugin-"))
        .isEmpty();
  }

  private static void fails(ThrowingCallable call, ErrorKind kind, String... words) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(BangerException.class, e -> assertThat(e.kind()).isEqualTo(kind))
        .hasMessageContainingAll(words);
  }

  private void assertGoodWorks() throws InterruptedException {
    assertThat(harness.info("good").state()).isEqualTo(PluginState.ACTIVE);
    assertThat(harness.call("good")).isEqualTo("{\"from\":\"good\"}");
  }

  @Test
  void without_any_plugin_there_is_just_nothing() throws Exception {
    PluginRuntime runtime = harness.start();

    assertThat(runtime.list()).isEmpty();
    assertThat(runtime.manifestsJson()).isEqualTo("[]");
    assertThat(runtime.doctorChecks()).isEmpty();
    fails(() -> harness.call("any"), ErrorKind.NOT_FOUND, "there is no plugin \"any\"");
  }

  @Test
  void a_good_plugin_is_listed_with_what_it_adds() throws Exception {
    harness.with(
        "good",
        registering(
            """
            r.needs(Permission.VM_READ, Permission.hostTool("git"));
            r.command(command("test good", 5000), call -> CommandResult.rows(List.of()));
            r.doctor("disk", context -> DoctorCheck.Outcome.ok("fine"));
            r.vmRemoved((vm, context) -> {});
            """));
    PluginRuntime runtime = harness.start();

    assertThat(runtime.list())
        .containsExactly(
            new PluginInfo(
                "good",
                "1.2.3",
                "for a test",
                PluginState.ACTIVE,
                "",
                List.of(),
                List.of("test good"),
                List.of("disk"),
                List.of("host.exec:git", "vm.read"),
                harness.root.resolve("good").toString()));
    assertThat(runtime.manifestsJson()).contains("\"id\":\"good\"", "[\"test\",\"good\"]");
    assertThat(runtime.manifestsDigest()).matches("[0-9a-f]{64}");
    assertThat(harness.call("good")).isEqualTo("[]");
  }

  @Test
  void a_command_gets_its_values_and_tells_its_progress() throws Exception {
    harness.with(
        "good",
        answering(
            "good",
            "5000",
            """
            call -> {
              call.progress().started("work");
              call.progress().done("work", "3 things");
              Path dir = call.context().dataDir();
              return CommandResult.object(Map.of("value", call.text("value"),
                  "dir", dir.toString(), "cwd", call.cwd().toString()));
            }
            """));
    harness.start();
    List<String> stages = new ArrayList<>();

    String result =
        harness.call(
            "good",
            "{\"value\":\"a \\\"b\\\"\"}",
            (stage, status, message) -> stages.add(stage + " " + status + " " + message));

    assertThat(stages).containsExactly("work started ", "work done 3 things");
    assertThat(JsonTree.object(result))
        .containsEntry("value", "a \"b\"")
        .containsEntry("cwd", "/")
        .containsEntry("dir", harness.data.resolve("good").toString());
    Path dir = harness.data.resolve("good");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(dir)))
        .isEqualTo("rwx------");
  }

  @Test
  void every_entry_runs_with_the_plugins_class_loader_as_context() throws Exception {
    String own = "Thread.currentThread().getContextClassLoader() == Entry.class.getClassLoader()";
    harness.with(
        "good",
        entry(
            """
            static final List<Boolean> SEEN = new ArrayList<>();
            @Override public void register(Registrar r) {
              SEEN.add(%s);
              r.describe("for a test");
              r.command(command("test good", 5000), call -> {
                SEEN.add(%s);
                return CommandResult.object(Map.of("seen", SEEN));
              });
            }
            @Override public void open(OpenContext context) { SEEN.add(%s); }
            """
                .formatted(own, own, own)));
    harness.start();

    assertThat(harness.call("good")).isEqualTo("{\"seen\":[true,true,true]}");
  }

  @Test
  void broken_plugins_fail_with_a_reason_and_the_others_run() throws Exception {
    PluginFixture fixture = harness.fixture;
    harness.with("good", good("good"));
    Files.createDirectories(harness.root.resolve("no-manifest/lib"));
    Path garbage = Files.createDirectories(harness.root.resolve("garbage"));
    Files.writeString(garbage.resolve("banger-plugin.json"), "{\"schema\":1,");
    Path huge = Files.createDirectories(harness.root.resolve("huge"));
    Files.writeString(huge.resolve("banger-plugin.json"), " ".repeat(300_000) + "{}");
    Path future = Files.createDirectories(harness.root.resolve("future"));
    Files.writeString(future.resolve("banger-plugin.json"), "{\"schema\":2}");
    Path noClass = fixture.install(harness.root, "no-class", good("no-class"));
    Files.delete(noClass.resolve("lib/plugin.jar"));
    Path badJar = fixture.install(harness.root, "bad-jar", good("bad-jar"));
    Files.writeString(badJar.resolve("lib/plugin.jar"), "this is no jar");
    Path drifted = fixture.install(harness.root, "drifted", good("drifted"));
    Path other = fixture.install(temp.resolve("other"), "drifted", good("changed"));
    Files.copy(
        other.resolve("lib/plugin.jar"),
        drifted.resolve("lib/plugin.jar"),
        StandardCopyOption.REPLACE_EXISTING);

    harness.start();

    assertFailed("no-manifest", "banger-plugin.json: there is none");
    assertFailed("garbage", "banger-plugin.json: not JSON");
    assertFailed("huge", "larger than 256 KiB");
    assertFailed("future", "schema is 2, this banger reads 1");
    assertFailed("no-class", "entry class fixture.Entry is in none of its jars");
    assertFailed("bad-jar", "entry class fixture.Entry is in none of its jars");
    assertFailed("drifted", "does not say what the code declares");
    assertGoodWorks();
  }

  private void assertFailed(String id, String reason) {
    assertThat(harness.info(id).state()).as(id).isEqualTo(PluginState.FAILED);
    assertThat(harness.info(id).reason()).contains(reason);
  }

  @Test
  void plugins_that_throw_while_they_start_fail_and_the_others_run() throws Exception {
    harness.with("good", good("good"));
    // Behave in the build, misbehave in the daemon: the loader tells them apart.
    String inDaemon = "Entry.class.getClassLoader().getClass().getName().contains(\"Isolated\")";
    harness.with("throws", registering("if (%s) throw new Error(\"boom\");".formatted(inDaemon)));
    harness.with(
        "overflows",
        entry(
            """
            @Override public void register(Registrar r) {
              r.describe("for a test"); if (%s) register(r);
            }
            """
                .formatted(inDaemon)
                .replace("r.describe(\"for a test\"); if", "if")
                .replace("register(r);", "register(r); r.describe(\"for a test\");")));
    harness.with(
        "exits-badly",
        entry(
            """
            static class Rude extends RuntimeException {
              @Override public String getMessage() { throw new IllegalStateException("no"); }
            }
            @Override public void register(Registrar r) { r.describe("for a test"); }
            @Override public void open(OpenContext context) { throw new Rude(); }
            """));
    harness.with(
        "opens-badly",
        entry(
            """
            @Override public void register(Registrar r) { r.describe("for a test"); }
            @Override public void open(OpenContext context) {
              throw new CapabilityException(FailureKind.HOST, "the port is taken");
            }
            @Override public void close() throws Exception {
              Files.writeString(Path.of("%s"), "closed");
            }
            """
                .formatted(temp.resolve("closed"))));

    harness.start();

    assertFailed("throws", "Error: boom");
    assertFailed("overflows", "StackOverflowError");
    assertFailed("exits-badly", "Rude");
    assertFailed("opens-badly", "the port is taken");
    assertThat(temp.resolve("closed")).hasContent("closed");
    fails(() -> harness.call("throws"), ErrorKind.UNAVAILABLE, "plugin throws is failed", "boom");
    assertGoodWorks();
  }

  @Test
  void unwanted_and_colliding_plugins_are_not_loaded() throws Exception {
    harness.with("good", good("good")).with("unwanted", good("unwanted")).disabling("unwanted");
    harness.with("rival", good("good"));
    Path second = temp.resolve("second");
    harness.fixture.install(second, "good", good("good"));
    Path old = harness.fixture.install(harness.root, "old", good("old"));
    Path manifest = old.resolve("banger-plugin.json");
    Files.writeString(manifest, Files.readString(manifest).replace(">=1.0 <2", ">=1.7 <2"));

    PluginRuntime runtime = harness.start(second);

    assertThat(harness.info("unwanted").state()).isEqualTo(PluginState.DISABLED);
    assertThat(harness.info("unwanted").reason()).contains("plugins.disabled");
    assertThat(harness.info("rival").state()).isEqualTo(PluginState.BLOCKED);
    assertThat(harness.info("rival").reason())
        .isEqualTo("good and rival both add the command \"test good\"");
    assertThat(harness.info("old").reason()).isEqualTo("needs plugin-api >=1.7 <2, this is 1.0");
    assertThat(runtime.list())
        .filteredOn(info -> info.id().equals("good"))
        .extracting(PluginInfo::state)
        .containsExactly(PluginState.ACTIVE, PluginState.BLOCKED);
    assertThat(runtime.list().getLast().reason())
        .contains(harness.root.resolve("good").toString(), "holds the id good");
    assertThat(runtime.manifestsJson()).doesNotContain("unwanted", "rival");
    assertGoodWorks();
  }

  @Test
  void a_role_belongs_to_one_plugin() throws Exception {
    String roled =
        """
        r.command(CommandSpec.builder("test %s", "does it").example("x").role("vm.test").build(),
            call -> CommandResult.object(Map.of()));
        """;
    harness.with("first", registering(roled.formatted("first")));
    harness.with("second", registering(roled.formatted("second")));
    PluginRuntime runtime = harness.start();

    assertThat(runtime.commandWithRole("vm.test")).contains(new CommandRef("first", "test first"));
    assertThat(runtime.commandWithRole("vm.other")).isEmpty();
    assertThat(harness.info("second").reason())
        .isEqualTo("first and second both want the role vm.test");
  }

  @Test
  void a_call_past_its_deadline_is_cut_off_and_loses_the_host() throws Exception {
    harness.with("good", good("good"));
    harness.with(
        "slow",
        entry(
            """
            static volatile String after = "";
            @Override public void register(Registrar r) {
              r.describe("for a test");
              r.needs(Permission.VM_READ);
              r.command(command("test slow", 100), call -> {
                long end = System.nanoTime() + 60_000_000_000L;
                while (System.nanoTime() < end) {
                  try {
                    call.host().resolve("web");
                  } catch (CapabilityException e) {
                    after = e.getMessage();
                    throw e;
                  }
                }
                return null;
              });
              r.command(command("test after", 5000), call -> CommandResult.object(
                  Map.of("after", after)));
            }
            """));
    PluginRuntime runtime = harness.start();

    fails(
        () -> harness.call("slow"),
        ErrorKind.TIMEOUT,
        "plugin slow did not finish test-slow within 100 ms");
    assertGoodWorks();

    String after = "{\"after\":\"\"}";
    while (after.equals("{\"after\":\"\"}")) {
      after = runtime.call("slow", "test after", "{}", Path.of("/"), Progress.NONE, _ -> {});
      Thread.onSpinWait();
    }
    assertThat(after).contains("is over; the host no longer answers it");
  }

  @Test
  void a_plugin_that_keeps_running_away_gets_no_more_calls() throws Exception {
    Path release = temp.resolve("release");
    harness.with("good", good("good"));
    harness.with(
        "runaway",
        answering(
            "runaway",
            "20",
            """
            call -> { while (!Files.exists(Path.of("%s"))) { Thread.yield(); } return null; }
            """
                .formatted(release)));
    harness.start();
    try {
      for (int i = 0; i < 4; i++) {
        fails(() -> harness.call("runaway"), ErrorKind.TIMEOUT, "within 20 ms");
      }
      fails(() -> harness.call("runaway"), ErrorKind.UNAVAILABLE, "gets no more calls", "4");
      assertGoodWorks();
    } finally {
      List<Thread> running =
          Thread.getAllStackTraces().keySet().stream()
              .filter(thread -> thread.getName().startsWith("plugin-runaway"))
              .toList();
      Files.createFile(release);
      for (Thread thread : running) {
        thread.join();
      }
    }
  }

  @Test
  void whatever_a_handler_throws_is_one_failed_request() throws Exception {
    harness.with(
        "told",
        answering(
            "told",
            "5000",
            "call -> { throw new CapabilityException(FailureKind.CONFLICT, \"busy\", \"wait\"); }"));
    harness.with("bug", answering("bug", "5000", "call -> { throw new AssertionError(\"x\"); }"));
    harness.with("none", answering("none", "5000", "call -> null"));
    harness.start();

    assertThatThrownBy(() -> harness.call("told"))
        .isInstanceOfSatisfying(
            BangerException.class,
            e -> {
              assertThat(e.kind()).isEqualTo(ErrorKind.CONFLICT);
              assertThat(e).hasMessage("busy");
              assertThat(e.hint()).isEqualTo("wait");
            });
    fails(
        () -> harness.call("bug"),
        ErrorKind.INTERNAL,
        "plugin bug failed in test-bug: AssertionError: x");
    fails(() -> harness.call("none"), ErrorKind.INTERNAL, "NullPointerException");
  }

  @Test
  void what_was_not_declared_is_refused() throws Exception {
    harness.with(
        "greedy",
        answering("greedy", "5000", "call -> { call.host().resolve(\"web\"); return null; }"));
    harness.with(
        "tool",
        registering(
            """
            r.needs(Permission.hostTool("true"));
            r.command(command("test tool", 5000), call -> {
              call.host().run(ToolCall.of(Duration.ofSeconds(5), "true"));
              call.host().run(ToolCall.of(Duration.ofSeconds(5), "false"));
              return null;
            });
            """));
    harness.start();

    fails(
        () -> harness.call("greedy"),
        ErrorKind.ILLEGAL_STATE,
        "plugin greedy did not declare that it needs vm.read");
    fails(
        () -> harness.call("tool"), ErrorKind.ILLEGAL_STATE, "did not declare", "host.exec:false");
  }

  @Test
  void the_daemons_own_classes_and_resources_are_out_of_sight() throws Exception {
    harness.with(
        "curious",
        answering(
            "curious",
            "5000",
            """
            call -> {
              Map<String, Object> found = new TreeMap<>();
              for (String name : List.of("com.google.inject.Guice",
                  "com.fasterxml.jackson.core.JsonFactory", "dev.banger.core.model.VmId",
                  "dev.banger.api.build.Registration", "org.pf4j.PluginManager",
                  "org.slf4j.Logger", "org.junit.jupiter.api.Test")) {
                try { Class.forName(name); found.put(name, true); }
                catch (ClassNotFoundException e) { }
              }
              String file = "META-INF/maven/com.google.inject/guice/pom.xml";
              if (Entry.class.getResource("/" + file) != null) found.put(file, true);
              if (Entry.class.getClassLoader().getResources("META-INF/MANIFEST.MF")
                  .hasMoreElements()) found.put("host manifests", true);
              Class.forName("java.sql.Connection");
              Class.forName("org.pf4j.ExtensionPoint");
              return CommandResult.object(found);
            }
            """));
    harness.start();

    assertThat(harness.call("curious")).isEqualTo("{}");
  }

  @Test
  void a_bundled_copy_of_the_api_does_no_harm() throws Exception {
    Path dir = harness.fixture.install(harness.root, "good", good("good"));
    Path copy =
        harness.fixture.compile(
            Map.of(
                "dev/banger/api/CommandResult.java",
                """
                package dev.banger.api;
                public final class CommandResult {
                  static { if (true) throw new Error("the wrong one"); }
                }
                """));
    PluginFixture.jar(copy, dir.resolve("lib/a-bundled-api.jar"));
    harness.start();

    assertGoodWorks();
  }

  @Test
  void zips_are_unpacked_once_and_only_with_what_belongs_in_them() throws Exception {
    Path dir = harness.fixture.install(temp.resolve("stage"), "good", good("good"));
    Files.writeString(dir.resolve("stray.sh"), "echo no");
    Files.createDirectories(harness.root);
    Path zip = harness.root.resolve("good.zip");
    PluginFixture.zip(dir, zip);
    try (ZipFile check = new ZipFile(zip.toFile())) {
      assertThat(check.getEntry("stray.sh")).isNotNull();
    }
    Files.writeString(harness.root.resolve("torn.zip"), "PK");

    harness.start();
    assertGoodWorks();
    assertFailed("torn.zip", "cannot be unpacked");
    harness.close();
    harness.start();
    assertGoodWorks();

    try (var unpacked = Files.list(temp.resolve("unpacked"))) {
      assertThat(unpacked.toList())
          .singleElement()
          .satisfies(only -> assertThat(only.resolve("stray.sh")).doesNotExist());
    }
  }

  @Test
  void closing_closes_the_plugins_in_reverse_and_refuses_calls() throws Exception {
    Path log = temp.resolve("log");
    for (String id : List.of("first", "second")) {
      harness.with(
          id,
          entry(
              """
              @Override public void register(Registrar r) { r.describe("for a test"); }
              @Override public void close() throws Exception {
                Files.writeString(Path.of("%s"), "%s ", StandardOpenOption.CREATE,
                    StandardOpenOption.APPEND);
                throw new IllegalStateException("closing is hard");
              }
              """
                  .formatted(log, id)));
    }
    PluginRuntime runtime = harness.start();

    runtime.close();
    runtime.close();

    assertThat(log).hasContent("second first ");
    assertThat(runtime.list()).isEmpty();
    fails(() -> harness.call("first"), ErrorKind.NOT_FOUND, "there is no plugin");
  }
}
