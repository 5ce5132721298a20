package dev.banger.core.disk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.banger.core.model.BangerException;
import dev.banger.core.model.ErrorKind;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GrowingDiskTest {
  private static final long MIB = 1L << 20;

  @TempDir Path dir;
  private Path file;
  private GrowingDisk disk;

  @BeforeEach
  void makeTheDisk() throws IOException {
    file = dir.resolve("work.img");
    try (RandomAccessFile open = new RandomAccessFile(file.toFile(), "rw")) {
      open.setLength(16 * MIB);
    }
    disk = new GrowingDisk(file, dir.resolve("work.grow"));
  }

  @Test
  void aSmallerFileIsEnlargedAndTheGuestHasToFollow() throws IOException {
    assertThat(disk.toDo()).isEmpty();

    disk.grow(512);

    assertThat(Files.size(file)).isEqualTo(512 * MIB);
    assertThat(disk.toDo()).contains("");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(disk.mark())))
        .isEqualTo("rw-------");
  }

  @Test
  void aFileIsNeverShrunkNorTouchedWhenItIsAsLarge() throws IOException {
    disk.grow(16);
    disk.grow(8);

    assertThat(Files.size(file)).isEqualTo(16 * MIB);
    assertThat(disk.toDo()).isEmpty();
  }

  @Test
  void aDeathBetweenTheMarkAndTheFileIsMadeUpFor() throws IOException {
    Files.createFile(disk.mark());

    disk.grow(64);

    assertThat(Files.size(file)).isEqualTo(64 * MIB);
    assertThat(disk.toDo()).contains("");
  }

  @Test
  void whyTheGuestCouldNotStaysUntilItCould() {
    disk.grow(64);
    disk.failed("it has errors");
    assertThat(disk.toDo()).contains("it has errors");

    disk.grow(128);
    assertThat(disk.toDo()).contains("it has errors");

    disk.done();
    assertThat(disk.toDo()).isEmpty();
    disk.done();
  }

  @Test
  void aSizeThatNoFileCanHaveIsRefusedBeforeAnythingIsChanged() throws IOException {
    disk.check(64);

    assertThatThrownBy(() -> disk.check(Long.MAX_VALUE / MIB))
        .isInstanceOfSatisfying(
            BangerException.class, e -> assertThat(e.kind()).isEqualTo(ErrorKind.HOST))
        .hasMessageContaining("cannot be enlarged to");
    try (var files = Files.list(dir)) {
      assertThat(files).containsExactly(file);
    }
  }

  @Test
  void aDiskThatIsGoneOrALinkIsLeftToWhoeverStartsTheVm() throws IOException {
    Path elsewhere = dir.resolve("elsewhere");
    Files.move(file, elsewhere);
    disk.grow(64);
    assertThat(file).doesNotExist();

    Files.createSymbolicLink(file, elsewhere);
    disk.grow(64);
    assertThat(Files.size(elsewhere)).isEqualTo(16 * MIB);
    assertThat(disk.toDo()).isEmpty();
  }
}
