package dev.banger.core.disk;

import static dev.banger.core.disk.DiskFixture.DATA_AT;
import static dev.banger.core.disk.DiskFixture.DATA_BYTES;
import static dev.banger.core.disk.DiskFixture.LIMIT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.banger.core.host.Commands;
import dev.banger.core.host.SparseFile;
import dev.banger.core.model.BangerException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ReflinkStrategyTest {
  @TempDir Path dir;

  /** Where such a file system can be mounted; elsewhere the other tests are all there is. */
  @ParameterizedTest
  @CsvSource({"btrfs, btrfs", "xfs, XFS"})
  void a_file_system_that_shares_blocks_makes_a_disk_that_takes_none(String type, String name)
      throws Exception {
    Commands.Result result = ChildJvm.onALoop(type, dir.resolve("mnt"), Sharing.class);
    if (result.exitCode() != 77) {
      assertThat(result.stdout() + result.stderr())
          .isEqualTo(
              """
              true %s shares blocks
              reads as the image, grown: true
              took less than a tenth of it: true
              the image is unchanged after a write: true
              for its owner only: rw-------
              left behind by trying: []
              """
                  .formatted(name));
    }
  }

  /** Runs on that file system. */
  static final class Sharing {
    public static void main(String[] args) throws IOException {
      DiskFixture lab = DiskFixture.in(Path.of(args[0]).resolve("data"));
      Path vms = lab.data().resolve("vms");
      Path images = lab.data().resolve("images");
      ReflinkStrategy reflinks = new ReflinkStrategy(images, vms);
      var suitability = reflinks.suitability();
      System.out.println(suitability.usable() + " " + suitability.reason());

      long free = DiskSpace.freeBytes(lab.paths().dir());
      reflinks.create(lab.image(), lab.paths(), 128, LIMIT);
      Path disk = lab.paths().rootReflink();
      System.out.println("reads as the image, grown: " + lab.readsAsTheImage(disk, 128));
      long taken = free - DiskSpace.freeBytes(lab.paths().dir());
      System.out.println("took less than a tenth of it: " + (taken < DATA_BYTES / 10));
      try (RandomAccessFile written = new RandomAccessFile(disk.toFile(), "rw")) {
        written.seek(DATA_AT);
        written.write(new byte[DATA_BYTES]);
      }
      byte[] now = new byte[DATA_BYTES];
      try (RandomAccessFile image = new RandomAccessFile(lab.image().rootfs().toFile(), "r")) {
        image.seek(DATA_AT);
        image.readFully(now);
      }
      System.out.println(
          "the image is unchanged after a write: " + Arrays.equals(now, DiskFixture.bytes()));
      System.out.println(
          "for its owner only: "
              + PosixFilePermissions.toString(Files.getPosixFilePermissions(disk)));
      try (var left = Files.walk(lab.data())) {
        System.out.println(
            "left behind by trying: "
                + left.filter(each -> each.getFileName().toString().startsWith(".")).toList());
      }
    }
  }

  @Test
  void a_tmpfs_is_named_as_one_that_cannot() throws Exception {
    String said = ChildJvm.onATmpfs("9m", dir.resolve("mnt"), Refusal.class);
    assertThat(said)
        .isEqualTo(
            """
            false tmpfs cannot share blocks
            cannot make the root disk: true
            left: []
            """);
  }

  /** Runs on a tmpfs. */
  static final class Refusal {
    public static void main(String[] args) throws IOException {
      DiskFixture lab = DiskFixture.in(Path.of(args[0]));
      ReflinkStrategy reflinks =
          new ReflinkStrategy(lab.data().resolve("images"), lab.data().resolve("vms"));
      System.out.println(reflinks.suitability().usable() + " " + reflinks.suitability().reason());
      try {
        reflinks.create(lab.image(), lab.paths(), 128, LIMIT);
      } catch (BangerException e) {
        System.out.println(
            "cannot make the root disk: " + e.getMessage().startsWith("cannot make the root disk"));
      }
      try (var left = Files.list(lab.paths().dir())) {
        System.out.println("left: " + left.toList());
      }
    }
  }

  @Test
  void what_a_daemon_left_that_was_killed_while_it_tried_is_gone_once_the_next_one_is_up()
      throws Exception {
    DiskFixture lab = DiskFixture.in(dir.resolve("data"));
    Path vms = Files.createDirectories(lab.data().resolve("vms"));
    Path left = Files.createFile(vms.resolve(".reflink-tried-to"));
    Path other = Files.createFile(lab.data().resolve("images/.reflink-tried-from"));

    new ReflinkStrategy(lab.data().resolve("images"), vms).tidy();

    assertThat(left).doesNotExist();
    assertThat(other).doesNotExist();
  }

  @Test
  void what_was_tried_is_remembered_until_it_is_to_be_forgotten() throws Exception {
    Path images = Files.createDirectory(dir.resolve("images"));
    Path vms = Files.createDirectory(dir.resolve("vms"));
    ReflinkStrategy reflinks = new ReflinkStrategy(images, vms);
    RootDiskStrategy.Suitability first = reflinks.suitability();
    Files.delete(vms);
    Files.writeString(vms, "no directory, and its parent is there");
    Files.delete(images);

    assertThat(reflinks.suitability()).isSameAs(first);
    reflinks.forget();
    assertThat(reflinks.suitability()).isNotSameAs(first);
    assertThat(dir.toFile().list()).containsExactly("vms");
  }

  @Test
  void a_directory_that_cannot_be_written_to_is_named_and_tried_again_the_next_time()
      throws Exception {
    Path data = dir.resolve("data");
    ReflinkStrategy reflinks = new ReflinkStrategy(data.resolve("images"), data.resolve("vms"));
    assertThat(reflinks.suitability().usable()).isFalse();
    assertThat(reflinks.suitability().reason()).startsWith("could not be tried in " + data);
    Files.createDirectory(data);
    assertThat(reflinks.suitability().reason()).doesNotContain("could not be tried");
    assertThat(data).isEmptyDirectory();
  }

  @Test
  void an_image_on_a_file_system_that_is_not_there_leaves_no_disk() throws Exception {
    DiskFixture lab = DiskFixture.in(dir);
    Files.delete(lab.image().rootfs());
    assertThatThrownBy(
            () -> new ReflinkStrategy(dir, dir).create(lab.image(), lab.paths(), 64, LIMIT))
        .isInstanceOf(BangerException.class);
    assertThat(lab.paths().dir()).isEmptyDirectory();
    assertThat(SparseFile.isAvailable()).isTrue();
  }
}
