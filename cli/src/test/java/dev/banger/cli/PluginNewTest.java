package dev.banger.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PluginNewTest {
  private static final Path TEMPLATE = Path.of("../plugin-api/template/project");

  @TempDir Path dir;
  private Path dist;
  private String distBefore;

  /** A distribution as it is built: {@code current} leads to one of {@code versions}. */
  @BeforeEach
  void distribution() throws IOException {
    distBefore = System.getProperty("banger.dist");
    dist = dir.resolve("a dist");
    Path version = dist.resolve("versions/0123456789abcdef");
    Files.createDirectories(version.resolve("sdk/repository"));
    Files.createDirectories(version.resolve("plugins/nat"));
    Files.writeString(version.resolve("sdk/digest"), "feedfeedfeedfeed\n");
    Files.createSymbolicLink(dist.resolve("current"), version);
    System.setProperty("banger.dist", version.toString());
  }

  @AfterEach
  void restore() {
    if (distBefore == null) {
      System.clearProperty("banger.dist");
    } else {
      System.setProperty("banger.dist", distBefore);
    }
  }

  private Cli.Ran run(String... args) {
    return new Cli(dir).run(args);
  }

  private static List<String> filesBelow(Path root) throws IOException {
    try (Stream<Path> walk = Files.walk(root)) {
      return walk.filter(Files::isRegularFile)
          .map(file -> root.relativize(file).toString())
          .sorted()
          .toList();
    }
  }

  @Test
  void every_file_of_the_template_is_written_and_nothing_else() throws IOException {
    Cli.Ran ran = run("plugin", "new", "./audit");

    assertThat(ran.code()).as(ran.err()).isZero();
    assertThat(ran.out())
        .contains("next: cd ./audit && ")
        .contains("mvn -q verify && banger plugin install target/audit-0.1.0.zip");
    assertThat(filesBelow(dir.resolve("audit")))
        .containsExactlyInAnyOrderElementsOf(
            filesBelow(TEMPLATE).stream()
                .map(name -> name.equals("gitignore") ? ".gitignore" : name)
                .toList());
  }

  @Test
  void as_the_template_says_the_sources_stay_as_they_were_tested() throws IOException {
    run("plugin", "new", "audit");

    for (String name : filesBelow(TEMPLATE.resolve("src"))) {
      assertThat(dir.resolve("audit/src").resolve(name))
          .hasSameTextualContentAs(TEMPLATE.resolve("src").resolve(name), StandardCharsets.UTF_8);
    }
  }

  @Test
  void the_changes_of_the_tutorial_fit_what_is_written() throws Exception {
    run("plugin", "new", "audit");
    String tutorial = Files.readString(Path.of("../docs/plugin-authors.md"));
    Matcher diffs = Pattern.compile("(?ms)^```diff\n(.*?)^```$").matcher(tutorial);
    int applied = 0;
    while (diffs.find()) {
      Path diff = Files.writeString(dir.resolve("diff"), diffs.group(1));
      Process git =
          new ProcessBuilder("git", "apply", diff.toString())
              .directory(dir.resolve("audit").toFile())
              .redirectErrorStream(true)
              .start();
      String said = new String(git.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      assertThat(git.waitFor()).as(said + diffs.group(1)).isZero();
      applied++;
    }

    assertThat(applied).isPositive();
    assertThat(dir.resolve("audit/pom.xml")).content().contains("<version>0.2.0</version>");
  }

  @Test
  void another_id_and_package_leave_no_trace_of_the_template_s_own() throws IOException {
    Cli.Ran ran = run("plugin", "new", "here", "--id", "who-when", "--package", "org.acme.log");

    assertThat(ran.code()).as(ran.err()).isZero();
    Path project = dir.resolve("here");
    assertThat(project.resolve("src/main/java/org/acme/log/WhoWhenPlugin.java"))
        .content()
        .startsWith("package org.acme.log;")
        .contains("class WhoWhenPlugin ", "\"vm who-when\"", "doctor(\"who-when\"");
    for (String name : filesBelow(project)) {
      assertThat(name).doesNotContainIgnoringCase("audit").doesNotContain("example");
      assertThat(Files.readString(project.resolve(name)))
          .as(name)
          .doesNotContainIgnoringCase("audit")
          .doesNotContain("com.example");
    }
  }

  @Test
  void a_package_that_has_the_template_s_name_in_it_is_kept_as_it_was_typed() throws IOException {
    run("plugin", "new", "x", "--id", "trail", "--package", "org.audit.x");

    assertThat(dir.resolve("x/src/main/java/org/audit/x/TrailPlugin.java"))
        .content()
        .startsWith("package org.audit.x;")
        .contains("\"vm trail\"");
  }

  @Test
  void the_project_finds_the_sdk_where_it_stays_when_banger_is_built_anew() throws IOException {
    run("plugin", "new", "audit");

    assertThat(dir.resolve("audit/pom.xml"))
        .content()
        .contains(
            "<banger.sdk>file://" + dir + "/a%20dist/current/sdk/repository</banger.sdk>",
            "<id>banger-feedfeedfeedfeed</id>")
        .doesNotContain("@BANGER", "versions/");
  }

  @Test
  void json_says_what_was_written() {
    Cli.Ran ran = run("plugin", "new", "team", "-o", "json");

    assertThat(ran.json().text("dir")).isEqualTo(dir.resolve("team").toString());
    assertThat(ran.json().text("id")).isEqualTo("team");
    assertThat(ran.json().text("package")).isEqualTo("com.example.team");
    assertThat(ran.json().get("files").texts())
        .contains(".gitignore", "src/main/java/com/example/team/TeamPlugin.java");
  }

  @Test
  void an_empty_directory_will_do() throws IOException {
    Files.createDirectory(dir.resolve("audit"));

    assertThat(run("plugin", "new", "audit").code()).isZero();
  }

  @Test
  void a_directory_with_something_in_it_is_left_alone() throws IOException {
    Path full = Files.createDirectory(dir.resolve("audit"));
    Files.writeString(full.resolve(".hidden"), "mine");

    Cli.Ran ran = run("plugin", "new", "audit");

    assertThat(ran.code()).isEqualTo(1);
    assertThat(ran.err()).contains(full + " is not empty: there is .hidden");
    assertThat(filesBelow(full)).containsExactly(".hidden");
  }

  @Test
  void a_file_is_no_place_for_a_project() throws IOException {
    Files.writeString(dir.resolve("audit"), "mine");

    assertThat(run("plugin", "new", "audit").err()).contains("is no directory");
    assertThat(run("plugin", "new", "audit/deeper").code()).isEqualTo(1);
    assertThat(dir.resolve("audit")).hasContent("mine");
  }

  @Test
  void when_a_file_cannot_be_written_nothing_is_left_behind() throws IOException {
    // A path has at most 4095 bytes: the first files fit, those of the sources do not.
    Path deep = dir;
    while (deep.toString().length() < 4040) {
      int room = 4040 - deep.toString().length() - 1;
      deep = deep.resolve("d".repeat(Math.clamp(room, 1, 200)));
    }
    Path target = Files.createDirectories(deep).resolve("audit");

    Cli.Ran ran = run("plugin", "new", target.toString());

    assertThat(ran.code()).isEqualTo(1);
    assertThat(ran.err()).contains("cannot write");
    assertThat(target).doesNotExist();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"Audit", "my_plugin", "-x", "x-", "a--b", "1up", "ü", "a.b", "../x", "a b"})
  void what_is_no_id_is_refused_and_nothing_is_written(String id) {
    Cli.Ran ran = run("plugin", "new", "here", "--id=" + id);

    assertThat(ran.code()).isEqualTo(2);
    assertThat(ran.err()).contains("got \"" + id + "\"");
    assertThat(dir.resolve("here")).doesNotExist();
  }

  @Test
  void the_name_of_the_directory_must_be_an_id_or_one_is_proposed() {
    Cli.Ran ran = run("plugin", "new", "My Plugin");

    assertThat(ran.code()).isEqualTo(2);
    assertThat(ran.err()).contains("got \"My Plugin\"").contains("--id my-plugin");
  }

  @Test
  void the_id_of_a_plugin_that_banger_brings_is_taken() {
    assertThat(run("plugin", "new", "nat").err())
        .contains("banger brings a plugin \"nat\" itself")
        .contains("--id my-nat");
  }

  @Test
  void an_id_that_would_hide_a_command_is_refused() {
    for (String path : Catalog.paths()) {
      if (path.startsWith("vm ")) {
        assertThat(run("plugin", "new", "here", "--id", path.substring(3)).err())
            .contains("there is one already");
      }
    }
    assertThat(dir.resolve("here")).doesNotExist();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"audit", "org.Acme", "org..acme", "org.new", "org.acme.", "dev.banger.x", "a.b/c"})
  void what_is_no_package_of_an_author_is_refused(String name) {
    Cli.Ran ran = run("plugin", "new", "here", "--package", name);

    assertThat(ran.code()).isEqualTo(2);
    assertThat(ran.err()).contains("\"" + name + "\"");
    assertThat(dir.resolve("here")).doesNotExist();
  }

  @Test
  void an_id_that_is_a_word_of_java_gets_a_package_that_is_none() {
    assertThat(run("plugin", "new", "switch", "-o", "json").json().text("package"))
        .isEqualTo("com.example.switch_");
  }

  @Test
  void a_banger_without_its_distribution_says_what_is_missing() {
    System.clearProperty("banger.dist");

    Cli.Ran ran = run("plugin", "new", "audit");

    assertThat(ran.code()).isEqualTo(1);
    assertThat(ran.err()).contains("nothing to build plugins with").contains("./quickstart");
    assertThat(dir.resolve("audit")).doesNotExist();
  }
}
