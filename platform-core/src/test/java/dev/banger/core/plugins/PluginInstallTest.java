package dev.banger.core.plugins;

import static dev.banger.core.plugins.PluginFixture.entry;
import static dev.banger.core.plugins.PluginFixture.registering;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.banger.core.lifecycle.Progress;
import dev.banger.core.model.BangerException;
import dev.banger.core.model.ErrorKind;
import dev.banger.hooks.Participants;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What may not come in, and what a plugin that came in cannot do. */
class PluginInstallTest {
  private static final String COMMAND =
      "r.command(command(\"test %s\", 5000), call -> CommandResult.none());";

  @TempDir Path temp;
  private RuntimeHarness harness;

  @BeforeEach
  void aHarness() throws Exception {
    harness = new RuntimeHarness(temp);
    harness.with("good", registering(COMMAND.formatted("good")));
    harness.start();
  }

  @AfterEach
  void nothingHasChanged() throws Exception {
    assertThat(harness.call("good")).isEqualTo("{}");
    assertThat(harness.installed.list()).isEmpty();
    if (Files.exists(harness.store)) {
      try (var entries = Files.list(harness.store)) {
        assertThat(entries).isEmpty();
      }
    }
    harness.close();
  }

  private void refused(Path zip, ErrorKind kind, String... words) {
    for (boolean dryRun : List.of(true, false)) {
      assertThatThrownBy(() -> harness.runtime().install(zip, Optional.empty(), dryRun))
          .isInstanceOfSatisfying(BangerException.class, e -> assertThat(e.kind()).isEqualTo(kind))
          .hasMessageContainingAll(words);
    }
  }

  private Path zip(String id, String source) throws Exception {
    return harness.fixture.zipped(id, "1.0.0", source);
  }

  /** Unpacks a good zip, changes it, and packs it again. */
  private Path changed(String id, String source, Change change) throws Exception {
    Path dir = harness.fixture.install(temp.resolve("changed"), id, "1.0.0", source);
    change.apply(dir);
    Path zip = temp.resolve(id + ".zip");
    PluginFixture.zip(dir, zip);
    return zip;
  }

  private interface Change {
    void apply(Path dir) throws Exception;
  }

  private static Change inManifest(String from, String to) {
    return dir -> {
      Path manifest = dir.resolve("banger-plugin.json");
      Files.writeString(manifest, Files.readString(manifest).replace(from, to));
    };
  }

  @Test
  void a_file_that_is_no_plugin() throws Exception {
    refused(temp.resolve("none.zip"), ErrorKind.INVALID, "is no plugin: it is no file");
    refused(Files.writeString(temp.resolve("x.zip"), "x"), ErrorKind.INVALID, "is no plugin");
    refused(
        changed("new", registering(""), dir -> Files.delete(dir.resolve("banger-plugin.json"))),
        ErrorKind.INVALID,
        "banger-plugin.json: there is none");
  }

  @Test
  void a_manifest_that_is_wrong_or_not_the_codes_own() throws Exception {
    refused(
        changed("a", registering(""), inManifest("\"schema\": 1", "\"schema\": 9")),
        ErrorKind.INVALID,
        "schema is 9");
    refused(
        changed("b", registering(""), inManifest(">=1.0 <2", ">=2.0 <3")),
        ErrorKind.INVALID,
        "plugin b 1.0.0 needs plugin-api >=2.0 <3, this is 1.");
    refused(
        changed("c", registering(""), inManifest("for a test", "for something else")),
        ErrorKind.INVALID,
        "does not say what the code declares");
    refused(
        changed("d", registering(""), inManifest("\"id\": \"d\"", "\"id\": \"../d\"")),
        ErrorKind.INVALID,
        "id is malformed");
  }

  @Test
  void code_that_does_not_fit() throws Exception {
    refused(
        changed(
            "a",
            registering(""),
            dir ->
                PluginFixture.jar(
                    harness.fixture.compile(
                        Map.of(
                            "dev/banger/api/VmView.java",
                            "package dev.banger.api; public interface VmView {}")),
                    dir.resolve("lib/api.jar"))),
        ErrorKind.INVALID,
        "plugin a 1.0.0 does not fit this banger: lib/api.jar brings its own copy of");
    refused(
        zip(
            "b",
            entry(
                """
            @Override public void register(Registrar r) {
              r.describe("for a test");
              r.doctor("x", context -> {
                new dev.banger.core.model.VmId("0123456789ab");
                return DoctorCheck.Outcome.ok("x");
              });
            }
            """)),
        ErrorKind.INVALID,
        "fixture.Entry refers to dev.banger.core.model.VmId, which is the daemon's own");
  }

  @Test
  void what_others_have_already_or_nobody_has() throws Exception {
    refused(
        zip("rival", registering(COMMAND.formatted("good"))),
        ErrorKind.CONFLICT,
        "good and rival both add the command \"test good\"");
    refused(
        zip("needy", registering("r.requires(\"nat\", \">=1\");")),
        ErrorKind.CONFLICT,
        "plugin needy 1.0.0 needs plugin nat >=1, which is not active");
  }

  @Test
  void code_that_breaks_or_hangs_when_it_is_asked_what_it_declares() throws Exception {
    String here = "Entry.class.getClassLoader().getClass().getName().contains(\"Isolated\")";
    refused(
        zip("a", registering("if (%s) throw new Error(\"boom\");".formatted(here))),
        ErrorKind.INVALID,
        "plugin a 1.0.0: plugin a failed in register: Error: boom");
    harness.configuring("b", Map.of("x", 1L));
    refused(zip("b", registering("")), ErrorKind.INVALID, "[plugins.b] has [x]");
  }

  @Test
  void an_answer_that_is_too_long_fails_that_call_alone() throws Exception {
    harness.close();
    harness.with(
        "huge",
        registering(
            """
            r.command(command("test huge", 30000), call ->
                CommandResult.object(Map.of("x", "y".repeat(9 << 20))));
            """));
    harness.start();
    assertThatThrownBy(() -> harness.call("huge"))
        .hasMessage("plugin huge answered with more than 8 MiB");
  }

  @Test
  void operations_and_commands_go_on_while_a_plugin_is_exchanged_all_the_time() throws Exception {
    PluginRuntime runtime = harness.runtime();
    AtomicBoolean over = new AtomicBoolean();
    List<CompletableFuture<Integer>> users = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      users.add(CompletableFuture.supplyAsync(() -> use(runtime, over)));
    }
    for (int i = 0; i < 40; i++) {
      runtime.reload("good");
    }
    over.set(true);
    for (CompletableFuture<Integer> user : users) {
      assertThat(user.get()).isPositive();
    }
    runtime.settle();
    assertThat(runtime.details("good").versions()).hasSize(1);
  }

  /** Uses the plugin both ways, and finds it there every time. */
  private static int use(PluginRuntime runtime, AtomicBoolean over) {
    int count = 0;
    while (!over.get() || count == 0) {
      try (Participants.Held held = runtime.hold()) {
        assertThat(held.active()).hasSize(1);
        String answer =
            runtime.call("good", "test good", "{}", Path.of("/"), Progress.NONE, _ -> {});
        assertThat(answer).isEqualTo("{}");
        count++;
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
    }
    return count;
  }
}
