package dev.banger.core.disk;

import dev.banger.core.host.Commands;
import dev.banger.core.host.ProcessCommands;
import dev.banger.core.lifecycle.LaunchPlan.Disk;
import dev.banger.core.model.Image;
import dev.banger.core.model.VmId;
import dev.banger.core.model.VmPaths;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Images and VMs in a folder of the machine on which the trial runs, and what its kernel has. */
final class TrialHost {
  static final Duration LIMIT = Duration.ofSeconds(60);
  static final long MIB = 1L << 20;

  private static final Commands HOST = new ProcessCommands();

  final Path vms;
  final Path images;

  TrialHost(Path home) throws IOException {
    this.vms = Files.createDirectories(home.resolve("vms"));
    this.images = Files.createDirectories(home.resolve("images"));
  }

  DmSnapshotStrategy strategy(Commands commands) {
    return new DmSnapshotStrategy(commands, vms, images);
  }

  DmSnapshotStrategy strategy() {
    return strategy(new ProcessCommands());
  }

  /** Gives up on a busy device twenty times as soon. */
  DmSnapshotStrategy impatient() {
    return new DmSnapshotStrategy(
        new ProcessCommands(), vms, images, Path.of("/"), time -> Thread.sleep(time.dividedBy(20)));
  }

  /** An image of noise, the same every time. */
  Image image(String name, int mib) throws IOException {
    Path dir = images.resolve(name);
    Path rootfs = dir.resolve("rootfs.img");
    if (!Files.exists(rootfs)) {
      Files.createDirectories(dir);
      Random random = new Random(mib);
      byte[] noise = new byte[(int) MIB];
      try (FileChannel out =
          FileChannel.open(rootfs, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
        for (int i = 0; i < mib; i++) {
          random.nextBytes(noise);
          write(out, i * MIB, noise);
        }
      }
    }
    return new Image(
        name,
        dir,
        dir.resolve("kernel"),
        dir.resolve("initrd.img"),
        rootfs,
        "6.1",
        mib,
        "",
        Instant.EPOCH);
  }

  /** An image with an empty ext4 file system. */
  Image fileSystem(String name, int mib) throws Exception {
    Image image = image(name, 1);
    try (RandomAccessFile file = new RandomAccessFile(image.rootfs().toFile(), "rw")) {
      file.setLength(mib * MIB);
    }
    say("mkfs.ext4", "-q", "-F", image.rootfs().toString());
    return new Image(
        name,
        image.dir(),
        image.kernel(),
        image.initrd(),
        image.rootfs(),
        "6.1",
        mib,
        "",
        Instant.EPOCH);
  }

  VmPaths vm() throws IOException {
    return vm(VmId.random());
  }

  VmPaths vm(VmId id) throws IOException {
    Path dir = Files.createDirectories(vms.resolve(id.value()));
    return new VmPaths(id, dir, dir);
  }

  static void write(Disk disk, long at, byte[] bytes) throws IOException {
    try (FileChannel out = FileChannel.open(disk.file(), StandardOpenOption.WRITE)) {
      write(out, at, bytes);
      out.force(true);
    }
  }

  private static void write(FileChannel out, long at, byte[] bytes) throws IOException {
    ByteBuffer buffer = ByteBuffer.wrap(bytes);
    while (buffer.hasRemaining()) {
      out.write(buffer, at + buffer.position());
    }
  }

  static byte[] read(Path file, long at, int count) throws IOException {
    ByteBuffer buffer = ByteBuffer.allocate(count);
    try (FileChannel in = FileChannel.open(file, StandardOpenOption.READ)) {
      while (buffer.hasRemaining() && in.read(buffer, at + buffer.position()) >= 0) {
        // On to the end.
      }
    }
    return buffer.array();
  }

  /** What a command prints; it must exit with 0. */
  static String say(String... argv) throws InterruptedException {
    return HOST.check(Commands.Call.of(LIMIT, argv)).stdout();
  }

  /** Every device of the kinds that root disks are made of, ours or not. */
  static List<String> devices() throws Exception {
    for (int i = 0; i < 50; i++) {
      List<String> now = now();
      if (now.isEmpty()) {
        return now;
      }
      Thread.sleep(20);
    }
    return now();
  }

  private static String text(Path file) {
    try {
      return Files.readString(file).strip();
    } catch (IOException e) {
      return "a device that is just going";
    }
  }

  private static List<String> now() throws IOException {
    List<String> found = new ArrayList<>();
    try (DirectoryStream<Path> all = Files.newDirectoryStream(Path.of("/sys/block"))) {
      for (Path device : all) {
        Path file = device.resolve("loop/backing_file");
        if (Files.exists(device.resolve("dm"))) {
          found.add(text(device.resolve("dm/name")));
        } else if (Files.exists(file)) {
          found.add(device.getFileName() + " over " + text(file));
        }
      }
    }
    return found;
  }
}
