package dev.banger.system;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * Kills the daemon at every point of a start and of a stop, one after the other: before each write
 * to the hook journal and to the VM's record, before and after each call of a plugin into the host.
 * Afterwards the host is as if the start had never been or had completed.
 *
 * <p>Of the plugins that come with banger only ssh-access takes part: each point costs a boot, and
 * the points of all of them are gone through, without guests, by their contract tests.
 */
class CrashAtEveryPointIT {
  private static final String PLUGIN =
      """
      import dev.banger.api.*;
      import java.nio.file.*;
      import java.time.Duration;
      import java.util.*;

      public final class Marks implements CapabilityPlugin {
        public record Mark(String path) {}

        @Override
        public void register(Registrar r) {
          r.describe("Leaves a directory on the host for each phase");
          r.needs(Permission.hostTool("mkdir"), Permission.hostTool("rmdir"), Permission.GUEST_EXEC);
          for (Phase phase : Phase.values()) {
            r.step(StepSpec.required("mark-" + phase.wireName(), phase), Mark.class, new Step(phase));
          }
        }

        record Step(Phase phase) implements LifecycleStep<Mark> {
          @Override
          public Started<Mark> start(StepContext<Mark> c) throws Exception {
            Mark mark = new Mark(c.dataDir().resolve(c.vm().name() + "-" + phase.wireName()).toString());
            c.intend(mark);
            run(c, "mkdir", mark.path());
            if (phase == Phase.GUEST) {
              c.host().exec(c.vm(), GuestCommand.of(Duration.ofSeconds(10), "true"));
            }
            return Started.ok(mark);
          }

          @Override
          public Stopped stop(StepContext<Mark> c, Optional<Mark> mark) throws Exception {
            if (mark.isEmpty() || !Files.exists(Path.of(mark.get().path()))) {
              return Stopped.nothingToDo();
            }
            run(c, "rmdir", mark.get().path());
            return Stopped.released();
          }

          @Override
          public Observed<Mark> observe(StepContext<Mark> c, Optional<Mark> mark) {
            return mark.isPresent() && Files.exists(Path.of(mark.get().path()))
                ? Observed.present(mark.get())
                : Observed.gone();
          }

          private static void run(StepContext<Mark> c, String... argv) throws Exception {
            ToolResult result = c.host().run(ToolCall.of(Duration.ofSeconds(10), argv));
            if (result.exitCode() != 0) {
              throw new IllegalStateException(result.stderr());
            }
          }
        }
      }
      """;

  private static final List<String> ALL = List.of("web-guest", "web-host", "web-prepare");

  private MortalDaemon mortal;

  private BangerHome homeWithMarks() throws IOException {
    BangerHome home = BangerHome.with("tiny");
    mortal = new MortalDaemon(home, Map.of());
    Files.createDirectories(home.config().getParent());
    Files.writeString(home.config(), "[plugins]\ndisabled = " + others() + "\n");
    Path zip = PluginSources.zip(mortal.dir(), "marks", "1.0.0", "Marks", PLUGIN);
    Path plugins = Files.createDirectories(home.dir().resolve("data/plugins"));
    Files.copy(zip, plugins.resolve("marks.zip"));
    return home;
  }

  private static List<String> others() throws IOException {
    return WithoutPluginsIT.bundled().stream()
        .filter(id -> !id.equals("ssh-access"))
        .map(id -> '"' + id + '"')
        .toList();
  }

  @Test
  void aStartIsUndoneOrCompleteWhereverTheDaemonDies() throws Exception {
    try (BangerHome home = homeWithMarks()) {
      int deaths = 0;
      while (true) {
        Process daemon = mortal.dyingAt(deaths + 1);
        try {
          cleanAfter(home, deaths);
          mortal.arm();
          Ran create = home.run("vm", "create", "web", "--image", "tiny", "--memory", "256MiB");
          mortal.disarm();
          if (create.exitCode() == 0) {
            break;
          }
          assertThat(daemon.waitFor(20, TimeUnit.SECONDS)).as(create.toString()).isTrue();
          assertThat(daemon.exitValue()).as(create.toString()).isEqualTo(137);
          deaths++;
        } finally {
          MortalDaemon.end(daemon);
        }
      }
      cleanAfter(home, deaths);
      assertThat(mortal.passed())
          .hasSize(deaths)
          .contains("record insert", "journal begin", "journal intend", "journal settle")
          .contains("record update", "marks before run mkdir", "marks after run mkdir")
          .contains("marks before exec true", "marks after exec true");
      System.out.println("killed at each point of a start: " + mortal.passed());
    }
  }

  /** What is there after a death: nothing, or a VM that is whole, which is then removed. */
  private void cleanAfter(BangerHome home, int deaths) throws IOException {
    String after = "after death at point " + deaths + ": " + mortal.lastPoint();
    JsonNode vms = home.ok("vm", "list", "-o", "json").json();
    if (vms.isEmpty()) {
      assertThat(marks(home)).as(after).isEmpty();
    } else {
      assertThat(vms.get(0).path("state").asText()).as(after).isEqualTo("running");
      assertThat(marks(home)).as(after).isEqualTo(ALL);
      home.ok("vm", "delete", "web");
      assertThat(marks(home)).as(after).isEmpty();
    }
    assertThat(vmms(home)).as(after).isEmpty();
    assertThat(entries(home.dir().resolve("data/vms"))).as(after).isEmpty();
  }

  @Test
  void aStopIsCompletedOrNeverWasWhereverTheDaemonDies() throws Exception {
    try (BangerHome home = homeWithMarks()) {
      home.ok("vm", "create", "web", "--image", "tiny", "--memory", "256MiB");
      home.ok("daemon", "stop");
      int deaths = 0;
      while (true) {
        Process daemon = mortal.dyingAt(deaths + 1);
        try {
          wholeAfter(home, deaths);
          home.ok("vm", "start", "web");
          assertThat(marks(home)).isEqualTo(ALL);
          mortal.arm();
          Ran stop = home.run("vm", "stop", "web");
          mortal.disarm();
          if (stop.exitCode() == 0) {
            break;
          }
          assertThat(daemon.waitFor(20, TimeUnit.SECONDS)).as(stop.toString()).isTrue();
          assertThat(daemon.exitValue()).as(stop.toString()).isEqualTo(137);
          deaths++;
        } finally {
          MortalDaemon.end(daemon);
        }
      }
      wholeAfter(home, deaths);
      assertThat(mortal.passed())
          .hasSize(deaths)
          .contains("record update", "journal close")
          .contains("marks before run rmdir", "marks after run rmdir");
      System.out.println("killed at each point of a stop: " + mortal.passed());
    }
  }

  private void wholeAfter(BangerHome home, int deaths) throws IOException {
    String after = "after death at point " + deaths + ": " + mortal.lastPoint();
    JsonNode vm = home.ok("vm", "list", "-o", "json").json().get(0);
    if (vm.path("state").asText().equals("running")) {
      assertThat(marks(home)).as(after).isEqualTo(ALL);
      assertThat(home.ok("vm", "exec", "web", "--", "echo", "well").out()).isEqualTo("well\n");
    } else {
      assertThat(vm.path("state").asText()).as(after).isEqualTo("stopped");
      assertThat(marks(home)).as(after).isEmpty();
      assertThat(vmms(home)).as(after).isEmpty();
    }
  }

  private static List<String> marks(BangerHome home) throws IOException {
    return entries(home.dir().resolve("data/plugin-data/marks"));
  }

  private static List<String> entries(Path dir) throws IOException {
    List<String> names = new ArrayList<>();
    if (Files.isDirectory(dir)) {
      try (Stream<Path> children = Files.list(dir)) {
        children.map(child -> child.getFileName().toString()).sorted().forEach(names::add);
      }
    }
    return names;
  }

  private static List<ProcessHandle> vmms(BangerHome home) {
    return home.processes().stream()
        .filter(process -> Processes.describe(process).contains("qemu"))
        .toList();
  }
}
