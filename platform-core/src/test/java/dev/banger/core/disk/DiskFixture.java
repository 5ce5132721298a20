package dev.banger.core.disk;

import dev.banger.core.model.Image;
import dev.banger.core.model.VmId;
import dev.banger.core.model.VmPaths;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.Random;

/** An image of 64 MiB that is mostly a hole, and an empty directory for a VM, as in real life. */
record DiskFixture(Path data, Image image, VmPaths paths) {
  static final Duration LIMIT = Duration.ofSeconds(30);
  static final long IMAGE_MIB = 64;
  static final long MIB = 1L << 20;

  /** Of the one piece of data. */
  static final long DATA_AT = 8 * MIB;

  static final int DATA_BYTES = 4 << 20;

  static DiskFixture in(Path data) throws IOException {
    DiskFixture made =
        in(data, Files.createDirectories(data.resolve("images/tiny")).resolve("rootfs.img"));
    try (FileChannel rootfs =
        FileChannel.open(
            made.image.rootfs(), StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      rootfs.write(ByteBuffer.wrap(bytes()), DATA_AT);
      rootfs.write(ByteBuffer.wrap(new byte[1]), IMAGE_MIB * MIB - 1);
    }
    return made;
  }

  /** A VM over a root file system that is somewhere else. */
  static DiskFixture in(Path data, Path rootfs) throws IOException {
    Path dir = rootfs.getParent();
    VmId id = VmId.random();
    Path vm = Files.createDirectories(data.resolve("vms").resolve(id.value()));
    Image image =
        new Image(
            "tiny",
            dir,
            dir.resolve("kernel"),
            dir.resolve("initrd.img"),
            rootfs,
            "6.1",
            IMAGE_MIB,
            "",
            Instant.EPOCH);
    return new DiskFixture(data, image, new VmPaths(id, vm, vm));
  }

  /** What is there; no block of it is all zeros. */
  static byte[] bytes() {
    byte[] bytes = new byte[DATA_BYTES];
    new Random(7).nextBytes(bytes);
    return bytes;
  }

  /** Whether the disk reads as the image, followed by zeros. */
  boolean readsAsTheImage(Path disk, long mib) throws IOException {
    if (Files.size(disk) != mib * MIB) {
      return false;
    }
    try (FileChannel in = FileChannel.open(disk);
        FileChannel original = FileChannel.open(image.rootfs())) {
      ByteBuffer one = ByteBuffer.allocate(1 << 20);
      ByteBuffer other = ByteBuffer.allocate(1 << 20);
      for (long at = 0; at < mib * MIB; at += MIB) {
        in.read(one.clear(), at);
        original.read(other.clear(), at);
        while (other.hasRemaining()) {
          other.put((byte) 0);
        }
        if (!one.flip().equals(other.flip())) {
          return false;
        }
      }
    }
    return true;
  }
}
