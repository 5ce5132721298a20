package dev.banger.core.plugins;

import static dev.banger.core.plugins.PluginFixture.registering;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.banger.api.CommandResult;
import dev.banger.api.CommandSpec;
import dev.banger.core.lifecycle.Progress;
import dev.banger.core.model.BangerException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What plugins do after commands of other plugins. */
class FollowersTest {
  @TempDir Path temp;
  private RuntimeHarness harness;
  private final List<String> stages = new CopyOnWriteArrayList<>();
  private final Progress progress =
      (stage, status, message) -> stages.add(stage + " " + status + " " + message);

  @BeforeEach
  void aHarness() {
    harness = new RuntimeHarness(temp);
  }

  @AfterEach
  void closeIt() throws Exception {
    harness.close();
    for (Thread thread : Thread.getAllStackTraces().keySet()) {
      if (thread.getName().startsWith("plugin-")) {
        assertThat(thread.join(Duration.ofSeconds(20))).as(thread.getName()).isTrue();
      }
    }
  }

  /** A plugin with the command {@code test led}, whose role is {@code vm.test}. */
  private void led(String more, String handler) throws Exception {
    harness.with(
        "led",
        registering(
            """
            r.command(CommandSpec.builder("test led", "does it").example("x").role("vm.test")
                .arg(ValueSpec.optional("value", ValueType.TEXT, "a value").orElse("none"))
                .option(ValueSpec.flag("loud", "aloud"))%s.build(), call -> %s);
            """
                .formatted(more, handler)));
  }

  private void led() throws Exception {
    led("", "CommandResult.object(Map.of(\"n\", 1))");
  }

  private void following(String id, String body) throws Exception {
    harness.with(id, registering("r.after(\"vm.test\", (call, result) -> {%s});".formatted(body)));
  }

  private String call(String args) throws InterruptedException {
    return harness.call("led", args, progress);
  }

  @Test
  void all_of_them_follow_in_the_order_of_their_ids_with_what_the_command_was_given()
      throws Exception {
    led();
    String tell =
        """
        call.progress().started("look");
        call.progress().done(call.context().pluginId(), call.text("value") + call.flag("loud")
            + call.cwd() + result.value());
        """;
    following("b-two", tell);
    following("a-one", tell);
    harness.with("other", registering("r.after(\"vm.other\", (c, r2) -> {throw new Error();});"));
    harness.start();

    assertThat(call("{\"value\":\"x\",\"loud\":true}")).isEqualTo("{\"n\":1}");

    assertThat(stages)
        .containsExactly(
            "look started ", "a-one done xtrue/{n=1}", "look started ", "b-two done xtrue/{n=1}");
  }

  @Test
  void a_follower_has_its_own_store_and_permissions() throws Exception {
    led();
    harness.with(
        "able",
        registering(
            """
            r.needs(Permission.VM_READ);
            r.config(new Settings(3));
            r.after("vm.test", (call, result) -> call.progress().done("able",
                call.host().resolve("web").name() + call.context().config(Settings.class).many()
                    + call.context().dataDir().getFileName()));
            } public record Settings(int many) {} { // a member beside register
            """));
    following("unable", "call.host().resolve(\"web\");");
    harness.start();

    assertThat(call("{}")).isEqualTo("{\"n\":1}");

    assertThat(stages)
        .containsExactly(
            "able done web3able",
            "unable note unable 1.2.3: plugin unable did not declare that it needs vm.read (its"
                + " author declares it in register with needs(...))");
  }

  @Test
  void whatever_a_follower_throws_is_a_note_and_the_next_one_follows() throws Exception {
    led();
    following(
        "a-told", "throw new CapabilityException(FailureKind.HOST, \"no\\u001b[2J\\nt\", \"do\");");
    following("b-error", "throw new StackOverflowError();");
    following("c-linkage", "throw new NoClassDefFoundError(\"gone\");");
    following("d-asks", "call.text(\"missing\");");
    following("e-asks", "call.flag(\"value\");");
    following("f-emits", "call.emit(Map.of(\"n\", 2));");
    following("g-attaches", "call.terminal();");
    following("h-stage", "call.progress().done(\"Not A Stage\", \"\");");
    following("i-good", "call.progress().done(\"i-good\", \"\");");
    harness.start();

    assertThat(call("{}")).isEqualTo("{\"n\":1}");

    assertThat(stages).hasSize(9);
    assertThat(stages.get(0)).isEqualTo("a-told note a-told 1.2.3: no [2J t (do)");
    assertThat(stages.get(1)).startsWith("b-error note b-error 1.2.3: ").contains("StackOverflow");
    assertThat(stages.get(2)).startsWith("c-linkage note ").contains("gone");
    assertThat(stages.get(3)).contains("the command declares no such value: missing");
    assertThat(stages.get(4)).contains("the command declares no such value: value");
    assertThat(stages.get(5)).contains("the command is not of mode LIVE");
    assertThat(stages.get(6)).contains("the command is not of mode ATTACH");
    assertThat(stages.get(7)).contains("a stage is named in snake case");
    assertThat(stages.get(8)).isEqualTo("i-good done ");
  }

  @Test
  void nobody_follows_a_command_that_failed_or_asked_for_another_exit_code() throws Exception {
    led("", "CommandResult.exit(call.flag(\"loud\") ? Integer.parseInt(call.text(\"value\")) : 0)");
    following("after", "call.progress().done(\"after\", \"\");");
    harness.start();

    assertThat(call("{\"value\":\"3\",\"loud\":true}")).isEqualTo("{\"exitCode\":3}");
    assertThatThrownBy(() -> call("{\"value\":\"x\",\"loud\":true}"))
        .isInstanceOf(BangerException.class);
    assertThat(stages).isEmpty();
    assertThat(call("{}")).isEqualTo("{}");
    assertThat(stages).containsExactly("after done ");
  }

  @Test
  void a_live_command_is_followed_after_its_last_row() throws Exception {
    led(".live()", "{ call.emit(Map.of(\"n\", 7)); return CommandResult.none(); }");
    following("after", "call.progress().done(\"after\", \"\");");
    harness.start();

    String result =
        harness
            .runtime()
            .call("led", "test led", "{}", Path.of("/"), progress, row -> stages.add("row " + row));

    assertThat(result).isEqualTo("{}");
    assertThat(stages).containsExactly("row {\"n\":7}", "after done ");
  }

  @Test
  void one_that_is_switched_off_does_not_follow() throws Exception {
    led();
    following("after", "call.progress().done(\"after\", \"\");");
    harness.start();
    harness.runtime().disable("after");

    assertThat(call("{}")).isEqualTo("{\"n\":1}");
    assertThat(stages).isEmpty();

    harness.runtime().enable("after");
    assertThat(call("{}")).isEqualTo("{\"n\":1}");
    assertThat(stages).containsExactly("after done ");
  }

  /** Waits in the first plugin until the test goes on, so that it is known where everybody is. */
  private Path waiting(String id) throws Exception {
    Path here = temp.resolve("here");
    following(
        id,
        """
        Files.writeString(Path.of("%s"), "");
        while (Files.exists(Path.of("%s"))) Thread.sleep(5);
        call.progress().done("%s", "1");
        """
            .formatted(here, here, id));
    return here;
  }

  private void await(Predicate<Path> until, Path file) throws InterruptedException {
    long end = System.nanoTime() + Duration.ofSeconds(30).toNanos();
    while (!until.test(file)) {
      assertThat(System.nanoTime()).as("time").isLessThan(end);
      Thread.sleep(5);
    }
  }

  @Test
  void one_that_is_switched_off_while_it_follows_ends_in_peace_and_later_ones_are_left_out()
      throws Exception {
    led();
    Path here = waiting("a-slow");
    following("b-off", "call.progress().done(\"b-off\", \"\");");
    following("c-good", "call.progress().done(\"c-good\", \"\");");
    harness.start();
    List<String> results = new CopyOnWriteArrayList<>();
    Thread caller =
        Thread.ofVirtual()
            .start(
                () -> {
                  try {
                    results.add(call("{}"));
                  } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                  }
                });
    await(Files::exists, here);
    harness.runtime().disable("a-slow");
    harness.runtime().disable("b-off");
    // The command itself holds its version no longer.
    harness.runtime().disable("led");
    Files.delete(here);
    caller.join();

    assertThat(results).containsExactly("{\"n\":1}");
    assertThat(stages).containsExactly("a-slow done 1", "c-good done ");
  }

  @Test
  void one_that_is_replaced_meanwhile_follows_with_the_new_version() throws Exception {
    led();
    Path here = waiting("a-slow");
    following("b-new", "call.progress().done(\"b-new\", \"old\");");
    harness.start();
    Path zip =
        harness.fixture.zipped(
            "b-new",
            "2.0.0",
            registering("r.after(\"vm.test\", (call, result) -> {throw new Error(\"new\");});"));
    Thread caller =
        Thread.ofVirtual()
            .start(
                () -> {
                  try {
                    var _ = call("{}");
                  } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                  }
                });
    await(Files::exists, here);
    var _ = harness.runtime().install(zip, java.util.Optional.empty(), false);
    Files.delete(here);
    caller.join();

    assertThat(stages.getFirst()).isEqualTo("a-slow done 1");
    assertThat(stages.getLast()).startsWith("b-new note b-new 2.0.0: ");
  }

  @Test
  void one_that_hangs_is_cut_off_and_loses_the_host_and_the_next_one_follows() throws Exception {
    harness.with(
        "a-hangs",
        registering(
            """
            r.needs(Permission.VM_READ);
            r.after("vm.test", (call, result) -> {
              while (true) {
                try {
                  Thread.sleep(60_000);
                } catch (InterruptedException e) {
                  // Goes on regardless, until the host answers no more.
                }
                call.host().resolve("web");
              }
            });
            """));
    following("b-good", "call.progress().done(\"b-good\", \"\");");
    harness.start();
    CommandSpec spec = CommandSpec.builder("test led", "does it").example("x").build();
    Followers followers = new Followers(harness.runtime().versions(), Duration.ofMillis(200));

    followers.follow(
        "vm.test",
        CallArguments.parse(spec, "{}", Path.of("/")),
        CommandResult.object(Map.of()),
        progress);

    assertThat(stages)
        .containsExactly(
            "a-hangs note a-hangs 1.2.3: plugin a-hangs did not finish after-vm.test within"
                + " 200 ms (banger plugin info a-hangs)",
            "b-good done ");
    for (Thread thread : new ArrayList<>(Thread.getAllStackTraces().keySet())) {
      if (thread.getName().startsWith("plugin-a-hangs")) {
        thread.interrupt();
        thread.join();
      }
    }
  }

  @Test
  void a_caller_that_gives_up_ends_the_follower() throws Exception {
    led();
    Path here = waiting("a-slow");
    following("b-good", "call.progress().done(\"b-good\", \"\");");
    harness.start();
    List<String> ends = new CopyOnWriteArrayList<>();
    Thread caller =
        Thread.ofPlatform()
            .start(
                () -> {
                  try {
                    ends.add(call("{}"));
                  } catch (InterruptedException e) {
                    ends.add("interrupted");
                  }
                });
    await(Files::exists, here);
    caller.interrupt();
    caller.join();

    assertThat(ends).containsExactly("interrupted");
    assertThat(stages).isEmpty();
  }
}
