package dev.banger.system;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** A plugin by somebody else: made, installed, used, upgraded under a running VM, and removed. */
class AuthorsPathIT {
  private static final String POM = "pom.xml";
  private static final String SOURCES = "src/main/java/org/acme/trail/";

  private static void edit(Path file, String from, String to) throws IOException {
    String text = Files.readString(file);
    assertThat(text).as("%s", file).contains(from);
    Files.writeString(file, text.replace(from, to));
  }

  private static List<JsonNode> stepsOf(BangerHome home, String vm) {
    JsonNode shown = home.ok("vm", "show", vm, "-o", "json").json();
    List<JsonNode> steps = new ArrayList<>();
    for (JsonNode step : (shown.isArray() ? shown.get(0) : shown).path("plugins")) {
      if (step.path("plugin").asText().equals("trail")) {
        steps.add(step);
      }
    }
    return steps;
  }

  private static List<String> versionsThat(BangerHome home, String action) {
    List<String> versions = new ArrayList<>();
    for (JsonNode run : home.ok("plugin", "trace", "--vm", "web", "-o", "json").json()) {
      if (run.path("plugin").asText().equals("trail")
          && run.path("step").asText().equals("log")
          && run.path("action").asText().equals(action)) {
        versions.add(run.path("version").asText());
      }
    }
    return versions;
  }

  private static String state(BangerHome home) {
    for (JsonNode plugin : home.ok("plugin", "list", "-o", "json").json()) {
      if (plugin.path("id").asText().equals("trail")) {
        return plugin.path("state").asText() + " " + plugin.path("version").asText();
      }
    }
    return "not there";
  }

  private static String help(BangerHome home) {
    return home.ok("vm", "--help").out();
  }

  private static List<Path> marks(BangerHome home) throws IOException {
    try (Stream<Path> walk = Files.walk(home.dir().resolve("data"))) {
      return walk.filter(path -> path.toString().endsWith(".running")).toList();
    }
  }

  @Test
  void aPluginIsMadeInstalledUsedUpgradedUnderARunningVmAndRemoved() throws Exception {
    try (BangerHome home = BangerHome.with("tiny")) {
      AuthorsDesk desk = new AuthorsDesk(home);
      home.banger("plugin", "new", "trail", "--package", "org.acme.trail")
          .in(desk.dir())
          .run()
          .ok();
      Path project = desk.dir().resolve("trail");
      edit(project.resolve(POM), "<version>0.1.0</version>", "<version>1.0.0</version>");
      desk.shell(project, "mvn -q -B verify").ok();

      String one = project.resolve("target/trail-1.0.0.zip").toString();
      assertThat(home.run("plugin", "install", one).exited(2).err())
          .contains("run guest commands")
          .contains("--yes");
      assertThat(state(home)).isEqualTo("not there");

      home.ok("plugin", "install", one, "--yes");
      assertThat(state(home)).isEqualTo("active 1.0.0");
      assertThat(help(home)).contains("trail");
      assertThat(home.ok("vm", "trail", "--help").out()).contains("When a VM was started");
      assertThat(home.banger("__complete", "vm", "tra").run().out()).contains("trail");

      home.ok("vm", "create", "web", "--image", "tiny", "--memory", "256MiB");
      assertThat(stepsOf(home, "web"))
          .singleElement()
          .satisfies(
              step -> {
                assertThat(step.path("step").asText()).isEqualTo("log");
                assertThat(step.path("state").asText()).isEqualTo("started");
                assertThat(step.path("version").asText()).isEqualTo("1.0.0");
              });
      assertThat(marks(home)).hasSize(1);
      assertThat(home.ok("vm", "trail", "web", "-o", "json").json()).hasSize(1);

      // Disabled, it takes part in nothing new; the running VM is still looked after.
      home.ok("plugin", "disable", "trail");
      assertThat(state(home)).startsWith("disabled");
      assertThat(help(home)).doesNotContain("trail");
      home.run("vm", "trail", "web").exited(2);
      home.ok("plugin", "enable", "trail");
      assertThat(state(home)).isEqualTo("active 1.0.0");
      assertThat(home.ok("vm", "trail", "web", "-o", "json").json()).hasSize(1);

      edit(project.resolve(POM), "<version>1.0.0</version>", "<version>2.0.0</version>");
      edit(project.resolve(SOURCES + "TrailPlugin.java"), "When a VM was started", "Since when");
      edit(
          project.resolve(SOURCES + "LogStep.java"),
          "\"kernel \" +",
          "\"second edition, kernel \" +");
      desk.shell(project, "mvn -q -B verify").ok();
      String two = project.resolve("target/trail-2.0.0.zip").toString();
      assertThat(home.ok("plugin", "install", two, "--yes").err()).contains("1.0.0 -> 2.0.0");
      assertThat(state(home)).isEqualTo("active 2.0.0");
      assertThat(home.ok("vm", "trail", "--help").out()).contains("Since when");
      assertThat(stepsOf(home, "web"))
          .allSatisfy(step -> assertThat(step.path("version").asText()).isEqualTo("1.0.0"));

      home.ok("vm", "stop", "web");
      assertThat(versionsThat(home, "stop")).containsExactly("1.0.0");
      assertThat(marks(home)).isEmpty();

      home.ok("vm", "start", "web");
      assertThat(versionsThat(home, "start")).containsExactly("1.0.0", "2.0.0");
      assertThat(home.ok("plugin", "trace", "--vm", "web").out()).contains("second edition");
      assertThat(home.ok("vm", "trail", "web", "-o", "json").json()).hasSize(2);
      home.ok("vm", "stop", "web");
      assertThat(versionsThat(home, "stop")).containsExactly("1.0.0", "2.0.0");

      home.ok("vm", "delete", "web");
      home.ok("plugin", "remove", "trail", "--purge", "--yes");
      assertThat(state(home)).isEqualTo("not there");
      assertThat(help(home)).doesNotContain("trail");
      home.run("vm", "trail", "web").exited(2);
      assertThat(left(home)).as("what is left of the plugin").isEmpty();
    }
  }

  /** Files of the daemon's that carry the plugin's name. */
  private static List<Path> left(BangerHome home) throws IOException {
    List<Path> left = new ArrayList<>();
    for (String part : List.of("data", "state", "run")) {
      try (Stream<Path> walk = Files.walk(home.dir().resolve(part))) {
        walk.filter(path -> path.getFileName().toString().contains("trail")).forEach(left::add);
      }
    }
    return left;
  }
}
