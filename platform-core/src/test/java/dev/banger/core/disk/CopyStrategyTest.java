package dev.banger.core.disk;

import static dev.banger.core.disk.DiskFixture.DATA_BYTES;
import static dev.banger.core.disk.DiskFixture.LIMIT;
import static dev.banger.core.disk.DiskFixture.MIB;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.banger.core.host.SparseFile;
import dev.banger.core.lifecycle.LaunchPlan.Disk;
import dev.banger.core.model.BangerException;
import dev.banger.core.model.ErrorKind;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CopyStrategyTest {
  @TempDir Path dir;
  private final CopyStrategy copies = new CopyStrategy();
  private DiskFixture lab;

  @BeforeEach
  void anImageAndAVm() throws IOException {
    lab = DiskFixture.in(dir);
  }

  @Test
  void a_copy_has_the_images_bytes_its_holes_and_the_size_that_was_asked_for() throws Exception {
    copies.create(lab.image(), lab.paths(), 1024, LIMIT);

    Path disk = lab.paths().rootCopy();
    assertThat(lab.readsAsTheImage(disk, 1024)).isTrue();
    assertThat(SparseFile.allocatedBytes(disk).getAsLong())
        .isBetween((long) DATA_BYTES, DATA_BYTES + MIB);
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(disk)))
        .isEqualTo("rw-------");
    assertThat(copies.owns(lab.paths())).isTrue();
    assertThat(copies.disk(lab.paths())).isEqualTo(new Disk("root", disk, Disk.Format.RAW, false));
  }

  @Test
  void what_the_last_copy_took_is_told() {
    assertThat(copies.suitability().reason()).isEqualTo("works everywhere, takes time and space");
    copies.create(lab.image(), lab.paths(), 64, LIMIT);
    assertThat(copies.suitability().reason()).matches("4 MiB took \\d+\\.\\d s");
  }

  @Test
  void where_holes_cannot_be_asked_for_zeros_are_left_out() throws Exception {
    Path disk = Files.createFile(lab.paths().rootCopy());
    long written = SparseCopy.copyWithoutMap(lab.image().rootfs(), disk, copied -> {});
    WholeFile.grow(disk, 64 * MIB);

    assertThat(written).isEqualTo(DATA_BYTES);
    assertThat(lab.readsAsTheImage(disk, 64)).isTrue();
    assertThat(SparseFile.allocatedBytes(disk).getAsLong()).isLessThan(DATA_BYTES + MIB);
  }

  @Test
  void data_that_go_to_the_end_of_the_image_are_copied_to_the_end() throws Exception {
    try (RandomAccessFile rootfs = new RandomAccessFile(lab.image().rootfs().toFile(), "rw")) {
      rootfs.seek(64 * MIB - 3);
      rootfs.write(new byte[] {1, 2, 3});
    }
    copies.create(lab.image(), lab.paths(), 65, LIMIT);
    assertThat(lab.readsAsTheImage(lab.paths().rootCopy(), 65)).isTrue();
  }

  @Test
  void an_interrupted_copy_leaves_nothing_and_the_thread_stays_interrupted() {
    Thread.currentThread().interrupt();
    assertThatThrownBy(() -> copies.create(lab.image(), lab.paths(), 64, LIMIT))
        .isInstanceOf(BangerException.class)
        .hasMessageContaining("making the root disk was interrupted");
    assertThat(Thread.interrupted()).isTrue();
    assertThat(lab.paths().dir()).isEmptyDirectory();
  }

  @Test
  void a_copy_whose_time_is_over_leaves_nothing() {
    assertThatThrownBy(() -> copies.create(lab.image(), lab.paths(), 64, Duration.ZERO))
        .isInstanceOfSatisfying(
            BangerException.class, e -> assertThat(e.kind()).isEqualTo(ErrorKind.TIMEOUT))
        .hasMessageContaining("copying the image tiny for a root disk took longer than 0 s");
    assertThat(lab.paths().dir()).isEmptyDirectory();
  }

  @Test
  void too_little_room_is_told_with_both_numbers_before_anything_is_written() {
    assertThatThrownBy(
            () -> new CopyStrategy(at -> 3 * MIB).create(lab.image(), lab.paths(), 8192, LIMIT))
        .isInstanceOfSatisfying(
            BangerException.class,
            e -> {
              assertThat(e.kind()).isEqualTo(ErrorKind.HOST);
              assertThat(e.hint()).contains("banger ls --all");
            })
        .hasMessage(
            "a copy of the image as root disk needs 4 MiB, %s has 3 MiB free", lab.paths().dir());
    assertThat(lab.paths().dir()).isEmptyDirectory();
  }

  @Test
  void a_disk_that_fills_up_underneath_is_named_and_nothing_is_left() throws Exception {
    String said =
        ChildJvm.onATmpfs("2m", dir.resolve("full"), FullDisk.class, lab.image().rootfs());
    assertThat(said)
        .contains("no space left for the root disk")
        .contains("the disk is full")
        .endsWith("left: []\n");
  }

  /** Runs where 2 MiB are free, and does not look before it copies. */
  static final class FullDisk {
    public static void main(String[] args) throws IOException {
      DiskFixture full = DiskFixture.in(Path.of(args[0]), Path.of(args[1]));
      try {
        new CopyStrategy(at -> Long.MAX_VALUE).create(full.image(), full.paths(), 128, LIMIT);
        System.out.println("it fitted");
      } catch (BangerException e) {
        System.out.println(e.getMessage());
      }
      try (var left = Files.list(full.paths().dir())) {
        System.out.println("left: " + left.toList());
      }
    }
  }

  @Test
  void an_image_that_has_become_shorter_than_it_says_is_refused() throws Exception {
    try (RandomAccessFile rootfs = new RandomAccessFile(lab.image().rootfs().toFile(), "rw")) {
      rootfs.setLength(63 * MIB);
    }
    assertThatThrownBy(() -> copies.create(lab.image(), lab.paths(), 64, LIMIT))
        .isInstanceOf(BangerException.class)
        .hasMessageContaining("has 66060288 bytes, less than the 64 MiB it should have");
    assertThat(lab.paths().dir()).isEmptyDirectory();
  }

  @Test
  void an_image_that_shrinks_while_it_is_copied_is_noticed() throws Exception {
    Path image = dir.resolve("large");
    Files.write(image, new byte[20 << 20]);
    Path disk = Files.createFile(lab.paths().rootCopy());
    assertThatThrownBy(
            () ->
                SparseCopy.copy(
                    image,
                    disk,
                    copied -> {
                      if (copied > 0) {
                        try (RandomAccessFile cut = new RandomAccessFile(image.toFile(), "rw")) {
                          cut.setLength(1 << 20);
                        }
                      }
                    }))
        .isInstanceOf(IOException.class)
        .hasMessage("it ends at 16777216 bytes, where it had more before");
  }

  @Test
  void an_image_that_is_written_to_while_it_is_copied_is_noticed() throws Exception {
    ImageFile before = ImageFile.of(lab.image());
    before.insistOnUnchanged();
    Files.setLastModifiedTime(lab.image().rootfs(), FileTime.fromMillis(1));
    assertThatThrownBy(before::insistOnUnchanged).hasMessageContaining("changed meanwhile");
  }

  @Test
  void a_disk_that_is_there_already_is_left_alone() throws Exception {
    Files.writeString(lab.paths().rootCopy(), "precious");
    assertThatThrownBy(() -> copies.create(lab.image(), lab.paths(), 64, LIMIT))
        .isInstanceOfSatisfying(
            BangerException.class, e -> assertThat(e.kind()).isEqualTo(ErrorKind.CONFLICT));
    assertThat(lab.paths().rootCopy()).hasContent("precious");
  }
}
