package dev.banger.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A plugin that does everything wrong costs the one request it was to serve, and is named. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class MischiefIT {
  private static final String PLUGIN =
      """
      import dev.banger.api.*;
      import java.time.Duration;
      import java.util.*;

      public final class Mischief implements CapabilityPlugin {
        public record Nothing(String word) {}

        @Override
        public void register(Registrar r) {
          r.describe("Does what the labels of a VM tell it, and it is never good");
          r.step(
              StepSpec.required("trouble", Phase.HOST)
                  .startWithin(Duration.ofSeconds(2))
                  .stopWithin(Duration.ofSeconds(2)),
              Nothing.class,
              new Trouble());
        }

        static final class Trouble implements LifecycleStep<Nothing> {
          @Override
          public Started<Nothing> start(StepContext<Nothing> c) throws Exception {
            Nothing receipt = new Nothing("mischief");
            c.intend(receipt);
            switch (c.vm().labels().getOrDefault("start", "")) {
              case "throws" -> throw new IllegalStateException("boom \\u001b[31m\\nin red");
              case "errs" -> throw new AssertionError("not even an exception");
              case "hangs" -> forever();
              case "answers-null" -> {
                return null;
              }
              case "asks-undeclared" -> c.host().run(ToolCall.of(Duration.ofSeconds(1), "id"));
              default -> {}
            }
            if (c.vm().labels().containsKey("leak")) {
              Thread leak = new Thread(Trouble::forever, "mischief-leak");
              leak.setDaemon(false);
              leak.start();
            }
            return Started.ok(receipt);
          }

          @Override
          public Stopped stop(StepContext<Nothing> c, Optional<Nothing> receipt) throws Exception {
            switch (c.vm().labels().getOrDefault("stop", "")) {
              case "throws" -> throw new IllegalStateException("will not go");
              case "hangs" -> forever();
              case "answers-null" -> {
                return null;
              }
              default -> {}
            }
            return Stopped.released();
          }

          private static void forever() {
            while (true) {
              try {
                Thread.sleep(1000);
              } catch (InterruptedException e) {
                // Ignored on purpose.
              }
            }
          }
        }
      }
      """;

  private BangerHome home;
  private Path plugin;

  @BeforeAll
  void openHomeWithACalmVm() throws IOException {
    home = BangerHome.with("tiny");
    Path plugins = Files.createDirectories(home.dir().resolve("data/plugins"));
    Path zip =
        PluginSources.zip(home.dir().resolve("build"), "mischief", "1.0.0", "Mischief", PLUGIN);
    plugin = Files.copy(zip, plugins.resolve("mischief.zip"));
    home.ok("vm", "create", "calm", "--image", "tiny", "--memory", "256MiB");
  }

  @AfterAll
  void closeHome() {
    home.close();
  }

  private Ran create(String name, String... labels) {
    String[] arguments = new String[6 + 2 * labels.length];
    System.arraycopy(
        new String[] {"vm", "create", name, "--image", "tiny", "--memory=256MiB"},
        0,
        arguments,
        0,
        6);
    for (int i = 0; i < labels.length; i++) {
      arguments[6 + 2 * i] = "--label";
      arguments[7 + 2 * i] = labels[i];
    }
    return home.run(arguments);
  }

  private void calmGoesOn() {
    assertThat(home.ok("vm", "exec", "calm", "--", "echo", "calm").out()).isEqualTo("calm\n");
    assertThat(home.ok("vm", "list", "-o", "json").json()).hasSize(1);
  }

  @ParameterizedTest
  @CsvSource({
    "throws, boom",
    "errs, not even an exception",
    "answers-null, null",
    "asks-undeclared, did not declare that it needs host.exec:id",
    "hangs, did not finish",
  })
  void aStepThatGoesWrongFailsThatStartIsNamedAndLeavesNothing(String how, String told) {
    Ran create = create("wild", "start=" + how);

    assertThat(create.exitCode()).isEqualTo(1);
    assertThat(create.err())
        .contains("mischief 1.0.0, step trouble: failed after")
        .contains("(required)")
        .contains(told)
        .containsPattern("; [1-9] steps? undone; ")
        .contains("the VM was removed again")
        .doesNotContain("\u001b[31m");
    calmGoesOn();
  }

  @ParameterizedTest
  @CsvSource({"throws, will not go", "answers-null, null", "hangs, did not finish"})
  void aStepThatWillNotStopKeepsNeitherStopNorDeleteFromDoingTheirWork(String how, String told) {
    create("wild", "stop=" + how).ok();

    Ran stop = home.run("vm", "stop", "wild");

    assertThat(stop.exitCode()).isEqualTo(1);
    assertThat(stop.err())
        .contains("is down, but not all was taken back")
        .contains("mischief 1.0.0, step trouble")
        .contains(told)
        .contains("banger vm repair wild");
    assertThat(home.ok("vm", "show", "wild", "-o", "json").json().toString())
        .contains("\"cleanupPending\"")
        .contains("\"stop-failed\"");
    calmGoesOnBeside("wild");

    Ran delete = home.run("vm", "delete", "wild");

    assertThat(delete.exitCode()).as(delete.toString()).isZero();
    assertThat(delete.err() + delete.out())
        .contains("left behind")
        .contains("mischief 1.0.0, step trouble");
    calmGoesOn();
  }

  private void calmGoesOnBeside(String other) {
    assertThat(home.ok("vm", "exec", "calm", "--", "echo", "calm").out()).isEqualTo("calm\n");
    assertThat(home.ok("vm", "list", "-o", "json").json().toString()).contains(other);
  }

  @Test
  void aPluginThatIsDeletedWhileItsVmRunsKeepsNobodyFromStoppingOrDeletingIt() throws Exception {
    create("orphan", "leak=yes").ok();
    Files.delete(plugin);
    BangerHome.delete(home.dir().resolve("state/plugins"));
    home.ok("daemon", "restart");
    try {
      Ran stop = home.run("vm", "stop", "orphan");

      assertThat(stop.exitCode()).as(stop.toString()).isZero();
      assertThat(stop.err() + stop.out()).contains("mischief 1.0.0, step trouble");
      assertThat(home.ok("vm", "list", "-o", "json").json().toString()).contains("\"stopped\"");
      home.ok("vm", "delete", "orphan");
      calmGoesOn();
      assertThat(home.run("doctor").out())
          .contains("mischief 1.0.0, step trouble holds something for deleted vm orphan");
      home.ok("plugin", "remove", "mischief", "--purge", "--yes");
      assertThat(home.run("doctor").out()).doesNotContain("mischief");
    } finally {
      Path zip = home.dir().resolve("build/mischief-1.0.0.zip");
      Files.copy(zip, plugin);
      home.ok("daemon", "restart");
    }
  }
}
