package dev.banger.core.plugins;

import static dev.banger.core.plugins.PluginFixture.entry;
import static dev.banger.core.plugins.PluginFixture.registering;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.banger.core.model.BangerException;
import dev.banger.core.model.ErrorKind;
import dev.banger.hooks.InstalledPlugins;
import dev.banger.hooks.Participant;
import dev.banger.hooks.Participants;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What people do to plugins while the daemon runs. */
class PluginChangesTest {
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

  /** Answers what it was built with. */
  private static String saying(String id, String word) {
    return saying(id, word, "");
  }

  private static String saying(String id, String word, String more) {
    return registering(
        """
        %s
        r.command(command("test %s", 5000), call -> CommandResult.object(Map.of("says", "%s")));
        """
            .formatted(more, id, word));
  }

  private static void fails(ThrowingCallable call, ErrorKind kind, String... words) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(BangerException.class, e -> assertThat(e.kind()).isEqualTo(kind))
        .hasMessageContainingAll(words);
  }

  private Installation install(Path zip) {
    return harness.runtime().install(zip, Optional.empty(), false);
  }

  private String answer(String id) throws InterruptedException {
    return harness.call(id).replaceAll("\\{\"says\":\"(.*)\"}", "$1");
  }

  private List<String> inStore() throws Exception {
    if (!Files.isDirectory(harness.store)) {
      return List.of();
    }
    try (var entries = Files.list(harness.store)) {
      return entries.map(path -> path.getFileName().toString()).sorted().toList();
    }
  }

  @Test
  void disabling_takes_a_plugin_out_at_once_and_enabling_brings_it_back() throws Exception {
    harness.with("nat", saying("nat", "one"));
    PluginRuntime runtime = harness.start();
    String digest = runtime.manifestsDigest();

    assertThat(runtime.disable("nat"))
        .isEqualTo(
            new PluginChange(
                "nat",
                "1.2.3",
                PluginState.DISABLED,
                "switched off with banger plugin disable nat"));
    fails(() -> harness.call("nat"), ErrorKind.UNAVAILABLE, "plugin nat is disabled");
    assertThat(runtime.manifestsDigest()).isNotEqualTo(digest);

    assertThat(runtime.enable("nat"))
        .isEqualTo(new PluginChange("nat", "1.2.3", PluginState.ACTIVE, ""));
    assertThat(answer("nat")).isEqualTo("one");
    assertThat(harness.installed.list()).isEmpty();
  }

  @Test
  void a_disabled_plugin_stays_so_after_a_restart_of_the_daemon() throws Exception {
    harness.with("nat", saying("nat", "one"));
    harness.start().disable("nat");
    harness.close();

    harness.start();
    assertThat(harness.info("nat").state()).isEqualTo(PluginState.DISABLED);
  }

  @Test
  void what_the_configuration_switches_off_stays_off_and_enable_says_so() throws Exception {
    harness.with("nat", saying("nat", "one")).disabling("nat");
    PluginChange change = harness.start().enable("nat");

    assertThat(change.state()).isEqualTo(PluginState.DISABLED);
    assertThat(change.note()).contains("plugins.disabled of the configuration");
  }

  @Test
  void an_unknown_plugin_is_told_as_such() throws Exception {
    PluginRuntime runtime = harness.start();
    List<ThrowingCallable> changes =
        List.of(
            () -> runtime.enable("nat"),
            () -> runtime.disable("nat"),
            () -> runtime.reload("nat"),
            () -> runtime.rollback("nat"),
            () -> runtime.undev("nat"),
            () -> runtime.details("nat"),
            () -> runtime.remove("nat", true));
    changes.forEach(change -> fails(change, ErrorKind.NOT_FOUND, "nat"));
  }

  @Test
  void a_new_version_is_installed_over_the_old_and_can_be_rolled_back() throws Exception {
    PluginRuntime runtime = harness.start();
    Path one = harness.fixture.zipped("nat", "1.0.0", saying("nat", "one"));
    Path two = harness.fixture.zipped("nat", "1.1.0", saying("nat", "two"));

    assertThat(install(one).previousVersion()).isEmpty();
    assertThat(answer("nat")).isEqualTo("one");
    Installation second = install(two);
    assertThat(second.previousVersion()).contains("1.0.0");
    assertThat(second.commands()).containsExactly("test nat");
    assertThat(answer("nat")).isEqualTo("two");

    assertThat(runtime.rollback("nat").version()).isEqualTo("1.0.0");
    assertThat(answer("nat")).isEqualTo("one");
    assertThat(runtime.rollback("nat").version()).isEqualTo("1.1.0");
    harness.close();
    harness.start();
    assertThat(answer("nat")).isEqualTo("two");
    assertThat(inStore()).hasSize(2);
  }

  @Test
  void a_dry_run_checks_and_changes_nothing() throws Exception {
    PluginRuntime runtime = harness.start();
    Path zip = harness.fixture.zipped("nat", "1.0.0", saying("nat", "one"));

    Installation plan = runtime.install(zip, Optional.empty(), true);

    assertThat(plan.version()).isEqualTo("1.0.0");
    assertThat(plan.digest()).isEqualTo(Digests.ofFile(zip));
    assertThat(runtime.list()).isEmpty();
    assertThat(inStore()).isEmpty();
    fails(
        () -> runtime.install(zip, Optional.of("0".repeat(64)), false),
        ErrorKind.CONFLICT,
        "has the digest");
    assertThat(runtime.install(zip, Optional.of(plan.digest()), false).state())
        .isEqualTo(PluginState.ACTIVE);
  }

  @Test
  void a_version_that_does_not_open_changes_nothing_and_the_old_one_is_active_again()
      throws Exception {
    PluginRuntime runtime = harness.start();
    install(harness.fixture.zipped("nat", "1.0.0", saying("nat", "one")));
    Path bad =
        harness.fixture.zipped(
            "nat",
            "1.1.0",
            entry(
                """
                @Override public void register(Registrar r) { r.describe("for a test"); }
                @Override public void open(OpenContext context) {
                  throw new CapabilityException(FailureKind.HOST, "the port is taken");
                }
                """));
    List<InstalledPlugins.Installed> before = harness.installed.list();

    fails(
        () -> install(bad),
        ErrorKind.INVALID,
        "plugin nat 1.1.0 does not start: the port is taken; 1.0.0 is active as before");

    assertThat(answer("nat")).isEqualTo("one");
    assertThat(harness.installed.list()).isEqualTo(before);
    assertThat(inStore()).hasSize(1);
    assertThat(runtime.list()).hasSize(1);
  }

  @Test
  void an_installed_version_goes_before_the_bundled_one_which_comes_back() throws Exception {
    harness.with("nat", saying("nat", "bundled"));
    PluginRuntime runtime = harness.start();

    Installation over = install(harness.fixture.zipped("nat", "2.0.0", saying("nat", "installed")));
    assertThat(over.previousVersion()).contains("1.2.3");
    assertThat(answer("nat")).isEqualTo("installed");
    fails(() -> runtime.rollback("nat"), ErrorKind.ILLEGAL_STATE, "no earlier version");

    Files.createDirectories(harness.data.resolve("nat"));
    PluginChange removed = runtime.remove("nat", true);
    assertThat(removed.version()).isEqualTo("1.2.3");
    assertThat(removed.note()).isEqualTo("removed 2.0.0");
    assertThat(answer("nat")).isEqualTo("bundled");
    assertThat(inStore()).isEmpty();
    assertThat(harness.data.resolve("nat")).doesNotExist();
    fails(() -> runtime.remove("nat", false), ErrorKind.ILLEGAL_STATE, "comes with banger");
  }

  @Test
  void a_version_that_holds_something_stays_until_that_is_taken_back() throws Exception {
    PluginRuntime runtime = harness.start();
    Installation one = install(harness.fixture.zipped("nat", "1.0.0", saying("nat", "one")));
    long row = harness.beginning("nat", "1.0.0", one.digest());

    Installation two = install(harness.fixture.zipped("nat", "1.1.0", saying("nat", "two")));
    assertThat(two.note()).isEqualTo("1.0.0 stays until vm web is stopped");
    Installation three = install(harness.fixture.zipped("nat", "1.2.0", saying("nat", "three")));
    assertThat(answer("nat")).isEqualTo("three");
    assertThat(inStore()).contains(one.digest(), two.digest(), three.digest());
    assertThat(runtime.details("nat").versions())
        .extracting(PluginDetails.VersionInUse::state)
        .containsExactly("active", "draining", "previous");
    assertThat(runtime.details("nat").versions().get(1).usedBy()).containsExactly("web");
    try (Participants.Held held = runtime.hold()) {
      assertThat(held.active()).extracting(Participant::version).containsExactly("1.2.0");
      assertThat(held.keeperOf("nat", one.digest()).orElseThrow().version()).isEqualTo("1.0.0");
      assertThat(held.keeperOf("nat", "unknown").orElseThrow().version()).isEqualTo("1.2.0");
    }
    fails(() -> runtime.remove("nat", true), ErrorKind.CONFLICT, "vm web");

    harness.journal.close(row, Optional.empty());
    runtime.settle();
    assertThat(runtime.details("nat").versions())
        .extracting(PluginDetails.VersionInUse::state)
        .containsExactly("active", "previous");
    assertThat(inStore()).doesNotContain(one.digest());
  }

  @Test
  void a_disabled_plugin_still_takes_back_what_it_has_made_also_after_a_restart() throws Exception {
    PluginRuntime runtime = harness.start();
    Installation one = install(harness.fixture.zipped("nat", "1.0.0", saying("nat", "one")));
    long row = harness.beginning("nat", "1.0.0", one.digest());

    assertThat(runtime.disable("nat").note()).contains("1.0.0 stays until vm web is stopped");
    fails(() -> harness.call("nat"), ErrorKind.UNAVAILABLE, "disabled");
    harness.close();

    PluginRuntime again = harness.start();
    try (Participants.Held held = again.hold()) {
      assertThat(held.active()).isEmpty();
      assertThat(held.keeperOf("nat", one.digest())).isPresent();
    }
    harness.journal.close(row, Optional.empty());
    again.settle();
    try (Participants.Held held = again.hold()) {
      assertThat(held.keeperOf("nat", one.digest())).isEmpty();
    }
    assertThat(again.enable("nat").state()).isEqualTo(PluginState.ACTIVE);
    assertThat(answer("nat")).isEqualTo("one");
  }

  @Test
  void a_removed_version_with_something_open_is_found_in_the_store_after_a_restart()
      throws Exception {
    PluginRuntime runtime = harness.start();
    Installation one = install(harness.fixture.zipped("nat", "1.0.0", saying("nat", "one")));
    long row = harness.beginning("nat", "1.0.0", one.digest());
    PluginChange removed = runtime.remove("nat", false);
    assertThat(removed.note()).isEqualTo("1.0.0 stays until vm web is stopped");
    harness.close();

    PluginRuntime again = harness.start();
    assertThat(again.list()).isEmpty();
    try (Participants.Held held = again.hold()) {
      assertThat(held.keeperOf("nat", one.digest())).isPresent();
    }
    harness.journal.close(row, Optional.empty());
    again.settle();
    assertThat(inStore()).isEmpty();
  }

  @Test
  void what_a_plugin_that_is_gone_still_holds_is_told_and_can_be_forgotten() throws Exception {
    PluginRuntime runtime = harness.start();
    long row = harness.beginning("nat", "1.0.0", "gone");
    var _ = row;

    assertThat(runtime.doctorChecks())
        .singleElement()
        .satisfies(
            report -> {
              assertThat(report.status()).isEqualTo("warn");
              assertThat(report.summary()).contains("nat 1.0.0, step rules", "vm web");
              assertThat(report.remedy()).contains("banger plugin remove --purge nat");
            });
    fails(() -> runtime.remove("nat", false), ErrorKind.NOT_FOUND, "no plugin \"nat\"");

    assertThat(runtime.remove("nat", true).note())
        .contains("perhaps still there: nat 1.0.0, step rules of vm web");

    assertThat(harness.journal.open()).isEmpty();
    assertThat(runtime.doctorChecks()).isEmpty();
  }

  @Test
  void what_is_held_for_a_deleted_vm_does_not_keep_a_plugin_from_being_purged() throws Exception {
    PluginRuntime runtime = harness.start();
    Installation one = install(harness.fixture.zipped("nat", "1.0.0", saying("nat", "one")));
    var _ = harness.beginning("nat", "1.0.0", one.digest());
    harness.withoutVms();

    assertThat(runtime.remove("nat", true).note()).contains("perhaps still there");

    assertThat(harness.journal.open()).isEmpty();
    runtime.settle();
    assertThat(inStore()).isEmpty();
  }

  @Test
  void who_holds_a_version_keeps_it_loaded() throws Exception {
    harness.with(
        "nat",
        entry(
            """
            @Override public void register(Registrar r) { r.describe("for a test"); }
            @Override public void close() throws Exception {
              Files.writeString(Path.of("%s"), "closed");
            }
            """
                .formatted(temp.resolve("closed"))));
    PluginRuntime runtime = harness.start();
    try (Participants.Held held = runtime.hold()) {
      assertThat(runtime.disable("nat").note())
          .contains("stays until the operations that use it have ended");
      runtime.settle();
      assertThat(temp.resolve("closed")).doesNotExist();
      assertThat(held.active()).hasSize(1);
    }
    runtime.settle();
    assertThat(temp.resolve("closed")).exists();
  }

  @Test
  void a_plugin_starts_after_what_it_requires_and_goes_with_it() throws Exception {
    Path log = temp.resolve("log");
    String source =
        entry(
            """
            @Override public void register(Registrar r) { r.describe("for a test"); %%s }
            @Override public void open(OpenContext c) throws Exception { note("+" + c.pluginId()); }
            @Override public void close() throws Exception { note("-"); }
            static void note(String what) throws Exception {
              Files.writeString(Path.of("%s"), what + " ", StandardOpenOption.CREATE,
                  StandardOpenOption.APPEND);
            }
            """
                .formatted(log));
    harness.with("a-app", source.formatted("r.requires(\"z-base\", \">=1.2 <2\");"));
    harness.with("old", source.formatted("r.requires(\"z-base\", \">=1.3\");"));
    harness.with("lonely", source.formatted("r.requires(\"nobody\", \">=1\");"));
    harness.with("odd", source.formatted("r.requires(\"z-base\", \"1.2\");"));
    harness.with("ring-a", source.formatted("r.requires(\"ring-b\", \">=1\");"));
    harness.with("ring-b", source.formatted("r.requires(\"ring-a\", \">=1\");"));
    harness.with("z-base", source.formatted(""));
    PluginRuntime runtime = harness.start();

    assertThat(log).hasContent("+z-base +a-app ");
    assertBlocked("old", "needs plugin z-base >=1.3, and 1.2.3 is active");
    assertBlocked("lonely", "needs plugin nobody >=1, which is not active");
    assertBlocked("odd", "versions are written like");
    assertBlocked("ring-a", "plugins require each other: ring-a needs ring-b needs ring-a");
    assertBlocked("ring-b", "plugins require each other");

    assertThat(runtime.disable("z-base").note()).contains("blocked by that: a-app");
    assertThat(log).hasContent("+z-base +a-app - - ");
    runtime.enable("z-base");
    assertThat(harness.info("a-app").state()).isEqualTo(PluginState.ACTIVE);
  }

  private void assertBlocked(String id, String reason) {
    assertThat(harness.info(id).state()).as(id).isEqualTo(PluginState.BLOCKED);
    assertThat(harness.info(id).reason()).contains(reason);
  }

  @Test
  void steps_of_two_plugins_that_wait_for_each_other_block_the_later_one() throws Exception {
    String step =
        """
        r.step(StepSpec.required("s", Phase.HOST).after("%s"), None.class, new LifecycleStep<None>() {
          public Started<None> start(StepContext<None> c) { return null; }
          public Stopped stop(StepContext<None> c, Optional<None> n) { return Stopped.released(); }
        });
        """;
    String source =
        """
        public record None() {}
        @Override public void register(Registrar r) { r.describe("for a test"); %s }
        """;
    harness.with("one", entry(source.formatted(step.formatted("two"))));
    harness.with("two", entry(source.formatted(step.formatted("one"))));
    PluginRuntime runtime = harness.start();

    assertThat(harness.info("one").state()).isEqualTo(PluginState.ACTIVE);
    assertBlocked("two", "steps wait for each other");
    assertThat(runtime.refusal().orElseThrow())
        .contains("plugin two 1.2.3 is blocked", "step s is required", "banger plugin disable two");
    runtime.disable("two");
    assertThat(runtime.refusal()).isEmpty();
  }

  @Test
  void what_an_author_builds_is_laid_over_and_taken_off_again() throws Exception {
    harness.with("nat", saying("nat", "bundled"));
    PluginRuntime runtime = harness.start();
    Path project = temp.resolve("project");
    build(project, saying("nat", "first"));

    PluginChange change = runtime.dev(project);
    assertThat(change.state()).isEqualTo(PluginState.ACTIVE);
    assertThat(answer("nat")).isEqualTo("first");
    build(project, saying("nat", "second"));
    runtime.dev(project);
    assertThat(answer("nat")).isEqualTo("second");

    // An editor compiles, and leaves the manifest as the last whole build wrote it.
    Path manifest = project.resolve("target/classes/banger-plugin.json");
    byte[] stale = Files.readAllBytes(manifest);
    build(project, saying("nat", "third").replace("for a test", "for another test"));
    Files.write(manifest, stale);
    runtime.dev(project);
    assertThat(answer("nat")).isEqualTo("third");
    assertThat(harness.info("nat").description()).isEqualTo("for another test");

    build(
        project,
        registering("if (true) throw new Error(\"half written\");")
            .replace(
                "if (true)",
                "if (Entry.class.getClassLoader().getClass().getName().contains(\"Isolated\"))"));
    fails(() -> runtime.dev(project), ErrorKind.INVALID, "half written");
    assertThat(answer("nat")).isEqualTo("third");

    runtime.undev("nat");
    assertThat(answer("nat")).isEqualTo("bundled");
    assertThat(inStore()).isEmpty();
    fails(() -> runtime.dev(temp), ErrorKind.NOT_FOUND, "there is no banger-plugin.json");
  }

  private void build(Path project, String source) throws Exception {
    Path target = project.resolve("target");
    Trees.delete(target);
    Files.createDirectories(target);
    Path classes = harness.fixture.compile(java.util.Map.of("fixture/Entry.java", source));
    Files.move(classes, target.resolve("classes"));
    harness.fixture.writeManifest(
        target.resolve("classes"), "nat", "3.0.0-dev", target.resolve("classes"));
  }

  @Test
  void a_reload_takes_what_is_on_disk_and_configured_now() throws Exception {
    String source =
        """
        public record Settings(String word) {}
        @Override public void register(Registrar r) {
          r.describe("for a test");
          r.config(new Settings("plain"));
          r.command(command("test nat", 5000), call -> CommandResult.object(
              Map.of("says", call.context().config(Settings.class).word())));
        }
        """;
    harness.with("nat", entry(source));
    PluginRuntime runtime = harness.start();
    assertThat(answer("nat")).isEqualTo("plain");

    harness.configuring("nat", java.util.Map.of("word", "changed"));
    runtime.reload("nat");
    assertThat(answer("nat")).isEqualTo("changed");

    harness.configuring("nat", java.util.Map.of("wort", "x"));
    fails(
        () -> runtime.reload("nat"),
        ErrorKind.INVALID,
        "[plugins.nat] wort is unknown; did you mean word?",
        "1.2.3 is active as before");
    assertThat(answer("nat")).isEqualTo("changed");
    harness.close();
    harness.start();
    assertThat(harness.info("nat").state()).isEqualTo(PluginState.FAILED);
    assertThat(harness.info("nat").reason()).contains("wort is unknown");
  }

  @Test
  void an_interrupted_installation_leaves_only_what_the_next_start_sweeps() throws Exception {
    Files.createDirectories(harness.store.resolve(".unpack123/lib"));
    Files.createDirectories(harness.store.resolve("a".repeat(64)));
    harness.start();

    assertThat(inStore()).isEmpty();
  }

  @Test
  void an_installed_version_whose_files_are_gone_is_failed_and_says_so() throws Exception {
    harness.installed.put(
        new InstalledPlugins.Installed(
            "nat",
            true,
            Optional.of(new InstalledPlugins.Version("1.0.0", "b".repeat(64))),
            Optional.empty(),
            Instant.EPOCH));
    harness.start();

    assertThat(harness.info("nat").state()).isEqualTo(PluginState.FAILED);
    assertThat(harness.info("nat").reason()).contains("banger-plugin.json: there is none");
  }

  @Test
  void a_loaded_plugin_survives_the_loss_of_its_directory() throws Exception {
    harness.with("nat", saying("nat", "one"));
    PluginRuntime runtime = harness.start();
    Trees.delete(harness.root.resolve("nat"));

    assertThat(answer("nat")).isEqualTo("one");
    assertThat(runtime.disable("nat").version()).isEmpty();
    assertThat(runtime.list()).isEmpty();
  }
}
