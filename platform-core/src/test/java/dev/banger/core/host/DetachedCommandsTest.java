package dev.banger.core.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.banger.core.model.BangerException;
import dev.banger.core.model.ErrorKind;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DetachedCommandsTest {
  @TempDir Path dir;

  private final DetachedCommands detached = new DetachedCommands(new ProcessCommands());

  @Test
  void theProgramLeadsASessionOfItsOwnUnderThePidThatWasReturned() throws Exception {
    Path log = dir.resolve("log");

    Process process =
        detached.start(List.of("sh", "-c", "cat /proc/$$/stat; echo complaint >&2; exit 3"), log);

    assertThat(process.waitFor()).isEqualTo(3);
    String text = Files.readString(log);
    String[] afterName = text.substring(text.lastIndexOf(')') + 2).split(" ");
    assertThat(afterName[3]).as("session id").isEqualTo("" + process.pid());
    assertThat(text).contains("complaint");
  }

  @Test
  void theLogIsAppendedToAndInputIsEmpty() throws Exception {
    Path log = Files.writeString(dir.resolve("log"), "earlier\n");

    assertThat(detached.start(List.of("cat"), log).waitFor()).isZero();
    assertThat(detached.start(List.of("echo", "later"), log).waitFor()).isZero();

    assertThat(log).hasContent("earlier\nlater\n");
  }

  @Test
  void aMissingProgramIsNamed() {
    assertThatThrownBy(() -> detached.start(List.of("no-such-vmm"), dir.resolve("log")))
        .isInstanceOfSatisfying(
            BangerException.class, e -> assertThat(e.kind()).isEqualTo(ErrorKind.UNAVAILABLE))
        .hasMessage("no-such-vmm is not installed");
  }
}
