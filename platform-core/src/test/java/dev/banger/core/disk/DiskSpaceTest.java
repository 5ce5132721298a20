package dev.banger.core.disk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.banger.core.model.BangerException;
import dev.banger.core.model.ErrorKind;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DiskSpaceTest {
  @TempDir Path dir;

  @Test
  void aDirectoryThatIsNotThereYetHasTheSpaceOfItsParent() {
    assertThat(DiskSpace.freeMiB(dir.resolve("not/yet/there"))).isPositive();
  }

  @Test
  void tooLittleIsRefusedWithBothValues() {
    DiskSpace.require(dir, 1, "an image");
    assertThatThrownBy(() -> DiskSpace.require(dir, Long.MAX_VALUE, "an image"))
        .isInstanceOfSatisfying(
            BangerException.class, e -> assertThat(e.kind()).isEqualTo(ErrorKind.HOST))
        .hasMessageContaining("an image needs 9223372036854775807 MiB")
        .hasMessageContaining("MiB free");
  }
}
