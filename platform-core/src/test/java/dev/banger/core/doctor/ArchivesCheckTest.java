package dev.banger.core.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.banger.core.doctor.DoctorCheck.Status;
import dev.banger.core.host.Commands;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ArchivesCheckTest {
  @TempDir Path dist;

  private final List<List<String>> calls = new ArrayList<>();
  private int exitCode;

  @BeforeEach
  void putTheDistributionThere() throws IOException {
    Files.createDirectories(dist.resolve("bin"));
    Files.createDirectories(dist.resolve("lib/cache"));
    for (String name : List.of("banger", "bangerd")) {
      Files.writeString(dist.resolve("lib/cache").resolve(name + ".aot"), "classes");
      launcher(name, "\"-XX:AOTCache=$dist/lib/cache/" + name + ".aot\" ");
    }
  }

  private void launcher(String name, String archive) throws IOException {
    Files.writeString(
        dist.resolve("bin").resolve(name),
        """
        #!/bin/sh
        dist=elsewhere
        exec "$dist/runtime/bin/java" -XX:+UseSerialGC %s"-Dbanger.dist=$dist" \\
          -cp "$dist/lib/a.jar:$dist/lib/b.jar" dev.banger.Main "$@"
        """
            .formatted(archive));
  }

  private DoctorCheck.Result check() throws Exception {
    Commands commands =
        new Commands() {
          @Override
          public Commands.Result run(Call call) {
            calls.add(call.argv());
            return new Commands.Result(exitCode, "", "");
          }

          @Override
          public Optional<Path> find(String tool) {
            return Optional.empty();
          }
        };
    return new ArchivesCheck(commands, dist).run();
  }

  @Test
  void theRuntimeIsAskedWithWhatTheLauncherGivesIt() throws Exception {
    assertThat(check().status()).isEqualTo(Status.OK);
    assertThat(calls)
        .hasSize(2)
        .first()
        .isEqualTo(
            List.of(
                dist + "/runtime/bin/java",
                "-XX:+UseSerialGC",
                "-XX:AOTCache=" + dist + "/lib/cache/banger.aot",
                "-Dbanger.dist=" + dist,
                "-cp",
                dist + "/lib/a.jar:" + dist + "/lib/b.jar",
                "-XX:AOTMode=on",
                "-version"));
  }

  @Test
  void anArchiveThatTheRuntimeDoesNotTakeIsAWarning() throws Exception {
    exitCode = 1;
    DoctorCheck.Result result = check();
    assertThat(result.status()).isEqualTo(Status.WARN);
    assertThat(result.summary())
        .startsWith("banger has an archive that does not fit it, " + dist)
        .contains("bangerd has an archive")
        .endsWith("everything works, starting takes about twice as long");
    assertThat(result.remedy()).contains("./quickstart");
  }

  @Test
  void oneThatIsNotThereIsMissedWithoutAskingTheRuntime() throws Exception {
    Files.delete(dist.resolve("lib/cache/banger.aot"));
    launcher("bangerd", "");
    assertThat(check().summary())
        .startsWith("banger misses its archive " + dist)
        .contains("bangerd has no archive");
    assertThat(calls).isEmpty();
  }
}
