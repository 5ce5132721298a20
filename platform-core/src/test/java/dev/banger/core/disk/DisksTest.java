package dev.banger.core.disk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.banger.core.host.Commands;
import dev.banger.core.host.ProcessCommands;
import dev.banger.core.lifecycle.DiskProvisioner.EarlyFile;
import dev.banger.core.lifecycle.LaunchPlan.Disk;
import dev.banger.core.model.BangerException;
import dev.banger.core.model.ErrorKind;
import dev.banger.core.model.Image;
import dev.banger.core.model.VmId;
import dev.banger.core.model.VmPaths;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DisksTest {
  private static final Set<Disk.Format> QCOW2 = Set.of(Disk.Format.QCOW2);

  private static final Duration LIMIT = Duration.ofSeconds(30);
  private static final long IMAGE_MIB = 64;

  @TempDir Path dir;
  private final Commands host = new ProcessCommands();
  private final Path agent = Path.of("/somewhere/agent.img");
  private Disks disks;
  private VmPaths paths;
  private Image image;

  @BeforeEach
  void anImageAndAVm() throws IOException {
    disks = disks(host);
    Path imageDir = Files.createDirectory(dir.resolve("image"));
    Path vmDir = Files.createDirectory(dir.resolve("vm"));
    paths = new VmPaths(VmId.random(), vmDir, vmDir);
    image =
        new Image(
            "tiny",
            imageDir,
            imageDir.resolve("kernel"),
            imageDir.resolve("initrd.img"),
            imageDir.resolve("rootfs.img"),
            "6.1",
            IMAGE_MIB,
            "",
            Instant.EPOCH);
    try (FileChannel rootfs =
        FileChannel.open(image.rootfs(), StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      rootfs.write(ByteBuffer.wrap(new byte[] {42}), 4096);
      rootfs.write(ByteBuffer.wrap(new byte[1]), IMAGE_MIB * 1024 * 1024 - 1);
    }
  }

  @Test
  void qemuFindsTheRootDiskSoundAndReadsTheImageThroughIt() throws Exception {
    disks.createRootDisk(image, paths, 100_000, QCOW2, LIMIT);

    run("qemu-img", "check", "-q", "-f", "qcow2", paths.rootDisk().toString());
    assertThat(run("qemu-img", "info", paths.rootDisk().toString()))
        .contains("(104857600000 bytes)")
        .contains("backing file: " + image.rootfs())
        .contains("backing file format: raw");
    Path raw = dir.resolve("raw");
    run("qemu-img", "convert", "-O", "raw", paths.rootDisk().toString(), raw.toString());
    try (FileChannel in = FileChannel.open(raw)) {
      ByteBuffer read = ByteBuffer.allocate(2);
      in.read(read, 4096);
      assertThat(read.array()).containsExactly(42, 0);
    }
  }

  @Test
  void aRootDiskOfTheImagesOwnSizeIsFineAndOneMiBLessIsRefused() {
    assertThatThrownBy(() -> disks.createRootDisk(image, paths, IMAGE_MIB - 1, QCOW2, LIMIT))
        .isInstanceOfSatisfying(
            BangerException.class, e -> assertThat(e.kind()).isEqualTo(ErrorKind.INVALID))
        .hasMessageContaining("64 MiB")
        .hasMessageContaining("got 63 MiB");
    assertThat(paths.rootDisk()).doesNotExist();

    disks.createRootDisk(image, paths, IMAGE_MIB, QCOW2, LIMIT);
    assertThat(paths.rootDisk()).exists();
  }

  @Test
  void aRootDiskLargerThanItsTableCanAddressIsRefused() {
    assertThatThrownBy(() -> disks.createRootDisk(image, paths, (4L << 20) + 1, QCOW2, LIMIT))
        .hasMessageContaining("4194304 MiB, got 4194305 MiB");
    disks.createRootDisk(image, paths, 4L << 20, QCOW2, LIMIT);
  }

  @Test
  void aDiskThatIsThereAlreadyIsLeftAlone() throws Exception {
    Files.writeString(paths.rootDisk(), "precious");
    Files.writeString(paths.workDisk(), "precious too");

    for (Runnable create :
        List.<Runnable>of(
            () -> disks.createRootDisk(image, paths, 8192, QCOW2, LIMIT),
            () -> disks.createWorkDisk(paths, 64, LIMIT))) {
      assertThatThrownBy(create::run)
          .isInstanceOfSatisfying(
              BangerException.class, e -> assertThat(e.kind()).isEqualTo(ErrorKind.CONFLICT));
    }
    assertThat(paths.rootDisk()).hasContent("precious");
    assertThat(paths.workDisk()).hasContent("precious too");
  }

  @Test
  void theWorkDiskIsAnEmptySparseExt4OfRootsThatNoKernelThreadWillFill() throws Exception {
    disks.createWorkDisk(paths, 4096, LIMIT);

    assertThat(Files.size(paths.workDisk())).isEqualTo(4096L << 20);
    assertThat(run("dumpe2fs", paths.workDisk().toString()))
        .contains("Filesystem volume name:   banger-work")
        .contains("Filesystem state:         clean")
        .contains("ITABLE_ZEROED")
        .doesNotContain("orphan_file");
    assertThat(run("debugfs", "-R", "stat /", paths.workDisk().toString()))
        .containsPattern("Mode: +0755")
        .containsPattern("User: +0 +Group: +0 ");
    run("e2fsck", "-fn", paths.workDisk().toString());
    assertThat(allocatedKiB(paths.workDisk())).isLessThan(16 * 1024);
  }

  @Test
  void theSmallestWorkDiskCanBeMade() throws Exception {
    disks.createWorkDisk(paths, 16, LIMIT);
    run("e2fsck", "-fn", paths.workDisk().toString());
    assertThatThrownBy(() -> disks.createWorkDisk(paths, 15, LIMIT))
        .hasMessageContaining("at least 16 MiB, got 15 MiB");
  }

  @Test
  void aFullHostIsNamedAndNothingIsLeft() {
    var full =
        new FakeCommands(
            call ->
                new Commands.Result(
                    1, "", "mkfs.ext4: No space left on device while writing out\n"));

    assertThatThrownBy(() -> disks(full).createWorkDisk(paths, 64, LIMIT))
        .isInstanceOfSatisfying(
            BangerException.class, e -> assertThat(e.kind()).isEqualTo(ErrorKind.HOST))
        .hasMessageContaining("no space left for the work disk")
        .hasMessageContaining("the disk is full")
        .hasMessageContaining("MiB free in " + paths.dir());
    assertThat(paths.dir()).isEmptyDirectory();
  }

  @Test
  void whatMkfsSaysOnADiskThatIsReallyFullIsUnderstood() {
    // Over the VM's directory, but seen by that one command only, lies a disk of 128 KiB.
    Commands onAFullDisk =
        new FakeCommands(
            call -> {
              List<String> argv =
                  new ArrayList<>(
                      List.of(
                          "unshare",
                          "-Urm",
                          "sh",
                          "-c",
                          "mount -t tmpfs -o size=128k full \"$0\" && exec \"$@\"",
                          paths.dir().toString()));
              argv.addAll(call.argv());
              return host.run(Commands.Call.of(LIMIT, argv));
            });

    assertThatThrownBy(() -> disks(onAFullDisk).createWorkDisk(paths, 4096, LIMIT))
        .hasMessageContaining("no space left for the work disk")
        .hasMessageContaining(paths.dir().toString())
        .satisfies(e -> assertThat(((BangerException) e).hint()).contains("banger ls"));
    assertThat(paths.dir()).isEmptyDirectory();
  }

  @Test
  void aDiskThatFillsUpUnderTheInitrdIsNamed() {
    BangerException told =
        DiskFailures.io("initramfs", paths.initrd(), new IOException("No space left on device"));
    assertThat(told.kind()).isEqualTo(ErrorKind.HOST);
    assertThat(told)
        .hasMessageContaining("no space left for the initramfs " + paths.initrd())
        .hasMessageContaining("MiB free in " + paths.dir());
    assertThat(told.hint()).isNotEmpty();
  }

  @Test
  void anInterruptedWorkDiskLeavesNothingAndTheThreadStaysInterrupted() {
    var interrupted =
        new FakeCommands(
            call -> {
              throw new InterruptedException();
            });

    assertThatThrownBy(() -> disks(interrupted).createWorkDisk(paths, 64, LIMIT))
        .isInstanceOf(BangerException.class);
    assertThat(Thread.interrupted()).isTrue();
    assertThat(paths.dir()).isEmptyDirectory();
  }

  @Test
  void theInitrdIsTheImagesFollowedByTheSeedAtAnAlignedPlaceForItsOwnerOnly() throws Exception {
    byte[] base = new byte[1000];
    Arrays.fill(base, (byte) 7);
    Files.write(image.initrd(), base);

    disks.writeInitrd(image, paths, List.of(new EarlyFile("/etc/key", 0600, new byte[] {1})));

    byte[] written = Files.readAllBytes(paths.initrd());
    assertThat(Arrays.copyOf(written, 1000)).isEqualTo(base);
    assertThat(Arrays.copyOfRange(written, 1000, 1024)).containsOnly(0);
    assertThat(
            host.check(
                    Commands.Call.of(LIMIT, "cpio", "--quiet", "-t")
                        .withStdin(
                            new ByteArrayInputStream(
                                Arrays.copyOfRange(written, 1024, written.length))))
                .stdout())
        .isEqualTo("seed\nseed/etc\nseed/etc/key\nseed.list\n");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(paths.initrd())))
        .isEqualTo("rw-------");
  }

  @Test
  void anInitrdIsReplacedWholeOrNotAtAll() throws Exception {
    Files.write(image.initrd(), new byte[512]);
    disks.writeInitrd(image, paths, List.of());
    assertThat(paths.initrd()).hasSize(512);

    disks.writeInitrd(image, paths, List.of(new EarlyFile("/a", 0600, new byte[1])));
    byte[] second = Files.readAllBytes(paths.initrd());
    Files.delete(image.initrd());

    assertThatThrownBy(() -> disks.writeInitrd(image, paths, List.of()))
        .isInstanceOf(BangerException.class);
    assertThatThrownBy(
            () ->
                disks.writeInitrd(image, paths, List.of(new EarlyFile("../a", 0600, new byte[1]))))
        .isInstanceOf(BangerException.class);
    assertThat(paths.initrd()).hasBinaryContent(second);
    assertThat(paths.dir().toFile().list()).containsExactly("initrd.img");
  }

  @Test
  void disksComeInTheOrderInWhichGuestsNameThem() {
    disks.createRootDisk(image, paths, IMAGE_MIB, QCOW2, LIMIT);
    assertThat(disks.disks(paths))
        .containsExactly(
            new Disk("root", paths.rootDisk(), Disk.Format.QCOW2, false),
            new Disk("work", paths.workDisk(), Disk.Format.RAW, false),
            new Disk("agent", agent, Disk.Format.RAW, true));
  }

  private Disks disks(Commands commands) {
    return new Disks(commands, agent, List.of(new Qcow2Strategy(), new CopyStrategy()), "auto");
  }

  private String run(String... argv) throws InterruptedException {
    return host.check(Commands.Call.of(LIMIT, argv)).stdout();
  }

  private long allocatedKiB(Path file) throws InterruptedException {
    return Long.parseLong(run("du", "--block-size=1K", file.toString()).split("\\s")[0]);
  }
}
