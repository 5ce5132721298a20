package dev.banger.core.vmm.firecracker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.banger.core.model.VmPaths;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunFilesTest {
  @TempDir Path dir;
  private VmPaths paths;

  @BeforeEach
  void choosePaths() {
    paths = new VmPaths(Plans.ID, dir.resolve("vm"), dir.resolve("run/vm"));
  }

  @Test
  void theSocketsThatFirecrackerLeavesAreRemovedWithTheirDirectory() throws Exception {
    RunFiles.prepare(paths, Clock.systemUTC());
    for (Path file :
        List.of(
            paths.pidFile(),
            paths.controlSocket(),
            paths.agentSocket(),
            paths.hostSocket(1025),
            paths.hostSocket(77))) {
      Files.createFile(file);
    }

    RunFiles.remove(paths);
    RunFiles.remove(paths);

    assertThat(paths.runDir()).doesNotExist();
  }

  @Test
  void whatIsSomebodyElsesStays() throws Exception {
    RunFiles.prepare(paths, Clock.systemUTC());
    Path other = Files.createFile(paths.runDir().resolve("notes"));

    RunFiles.remove(paths);

    assertThat(other).exists();
  }

  @Test
  void anotherStartKeepsTheConsoleAndBeginsTheLogAnew() throws Exception {
    RunFiles.prepare(paths, Clock.systemUTC());
    Files.writeString(paths.console(), "an earlier boot\n");
    Files.writeString(paths.vmmLog(), "an earlier log\n");

    RunFiles.prepare(paths, Clock.systemUTC());

    assertThat(paths.console()).content().startsWith("an earlier boot\n");
    assertThat(RunFiles.console(paths)).isEmpty();
    assertThat(paths.vmmLog()).isEmptyFile();
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(paths.runDir())))
        .isEqualTo("rwx------");
  }
}
