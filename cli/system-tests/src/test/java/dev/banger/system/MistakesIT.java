package dev.banger.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Bad input: a clear sentence, a hint, the right exit code, and nothing left behind. */
class MistakesIT {
  private static BangerHome home;

  @BeforeAll
  static void open() {
    home = BangerHome.with("tiny");
  }

  @AfterAll
  static void close() {
    home.close();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "vm create --memory 0 --image tiny        | 2 | memory must be at least 64 MiB, got 0",
        "vm create --memory -5 --image tiny       | 2 | memory must be at least 64 MiB",
        "vm create --cpus 0 --image tiny          | 2 | cpus",
        "vm create --cpus -1 --image tiny         | 2 | cpus",
        "vm create --image no-such-image          | 1 | no-such-image",
        "vm create Bad_Name --image tiny          | 1 | Bad_Name",
        "vm create --driver vmware --image tiny   | 2 | vmware",
        "vm start nobody                          | 1 | nobody",
        "vm exec nobody -- true                   | 125 | nobody",
        "vm frobnicate                            | 2 | frobnicate",
        "vm create --no-such-option               | 2 | --no-such-option",
        "image delete no-such-image               | 1 | no-such-image",
        "op show op-999999                        | 1 | op-999999",
      })
  void isRefusedWithASentenceAndAHint(String line, int code, String said) throws Exception {
    Ran ran = home.run(line.strip().split("\\s+")).exited(code);

    assertThat(ran.err()).startsWith("error: ").contains(said).contains("hint:");
    assertThat(ran.err()).doesNotContain("Exception").doesNotContain("\tat ");
    assertThat(home.ok("vm", "list", "-o", "json").json()).isEmpty();
  }

  @Test
  void errorsForProgramsHaveKindMessageAndHint() {
    var error = home.run("vm", "show", "nobody", "-o", "json").exited(1).json().path("error");

    assertThat(error.path("kind").asText()).isEqualTo("notFound");
    assertThat(error.path("message").asText()).contains("nobody");
    assertThat(error.path("hint").asText()).isNotEmpty();
  }

  @Test
  void aNameInUseIsRefusedAndTheVmIsUntouched() {
    home.ok("vm", "create", "taken", "--image", "tiny", "--no-start");
    try {
      Ran ran = home.run("vm", "create", "taken", "--image", "tiny", "--no-start").exited(1);
      assertThat(ran.err()).contains("taken").contains("hint:");
      assertThat(home.ok("vm", "list", "-o", "json").json()).hasSize(1);
    } finally {
      home.ok("vm", "delete", "taken");
    }
  }

  @Test
  void aBrokenConfigurationIsNamedWithLineAndNearestKeyAndNothingStarts() throws Exception {
    try (BangerHome broken = BangerHome.empty()) {
      Files.createDirectories(broken.config().getParent());
      Files.writeString(broken.config(), "imagee = \"tiny\"\nstop_grace = \"soon\"\n");

      Ran ran = broken.run("vm", "list").exited(1);

      assertThat(ran.err())
          .contains("imagee")
          .contains("image")
          .contains("stop_grace")
          .contains("config.toml");
      assertThat(broken.run("config", "check").exited(1).out()).contains("imagee");
      Files.writeString(broken.config(), "image = [broken\n");
      assertThat(broken.run("config", "check").exited(1).out())
          .contains("config.toml")
          .contains("1");
      Files.delete(broken.config());
      broken.ok("vm", "list");
    }
  }

  @Test
  void aMissingQemuIsNamedWithWhatToInstall() throws Exception {
    try (BangerHome without = BangerHome.with("tiny")) {
      Files.createDirectories(without.config().getParent());
      Files.writeString(without.config(), "qemu_bin = \"/no/such/qemu\"\n");

      Ran ran = without.run("vm", "create", "web", "--image", "tiny").exited(1);

      assertThat(ran.err()).contains("/no/such/qemu").contains("hint:");
      assertThat(without.ok("vm", "list", "-o", "json").json()).isEmpty();
      Ran doctor = without.run("doctor", "-o", "json").exited(1);
      assertThat(doctor.out()).contains("\"fail\"");
    }
  }

  @Test
  void aDirectoryThatCannotBeWrittenIsNamed() throws Exception {
    try (BangerHome sealed = BangerHome.empty()) {
      Files.writeString(sealed.dir().resolve("state"), "a file where a directory should be");
      Ran ran = sealed.run("vm", "list");
      assertThat(ran.exitCode()).isEqualTo(1);
      assertThat(ran.err()).contains(sealed.dir().resolve("state").toString());
      Files.delete(sealed.dir().resolve("state"));
      Files.createDirectory(
          sealed.dir().resolve("state"),
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
      sealed.ok("vm", "list");
    }
  }

  @Test
  void doctorSaysWhatItCheckedAndHow() {
    Ran ran = home.run("doctor", "-o", "json");

    List<String> ids = ran.json().findValuesAsText("id");
    assertThat(ids).isNotEmpty();
    assertThat(ran.json())
        .allSatisfy(
            check -> {
              assertThat(check.path("status").asText()).isIn("ok", "warn", "fail");
              assertThat(check.path("summary").asText()).isNotEmpty();
              if (!check.path("status").asText().equals("ok")) {
                assertThat(check.path("remedy").asText()).as(check.toString()).isNotEmpty();
              }
            });
  }
}
