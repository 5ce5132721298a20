package dev.banger.core.disk;

import dev.banger.core.lifecycle.LaunchPlan.Disk;
import dev.banger.core.model.BangerException;
import dev.banger.core.model.ErrorKind;
import dev.banger.core.model.Image;
import dev.banger.core.model.VmPaths;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.StandardOpenOption;
import java.time.Duration;

/** An overlay over the image. Works on every file system and without privileges. */
final class Qcow2Strategy implements RootDiskStrategy {
  private static final long MIB = 1L << 20;

  @Override
  public String name() {
    return "qcow2";
  }

  @Override
  public Disk.Format format() {
    return Disk.Format.QCOW2;
  }

  @Override
  public Suitability suitability() {
    return new Suitability(true, "an overlay of 200 KiB, on any file system", "");
  }

  @Override
  public void create(Image image, VmPaths paths, long diskMiB, Duration deadline) {
    long most = Qcow2Overlay.MAX_BYTES / MIB;
    if (diskMiB > most) {
      throw new BangerException(
          ErrorKind.INVALID,
          "the root disk must be %d MiB (the size of image %s) to %d MiB, got %d MiB"
              .formatted(image.diskMiB(), image.name(), most, diskMiB),
          "leave the size out for the image's own");
    }
    NewFile.make(
        Disks.ROOT,
        paths.rootDisk(),
        file -> {
          try (FileChannel out = FileChannel.open(file, StandardOpenOption.WRITE)) {
            Qcow2Overlay.write(out, image.rootfs().toAbsolutePath(), diskMiB * MIB);
          }
        });
  }

  @Override
  public boolean owns(VmPaths paths) {
    return Files.exists(paths.rootDisk());
  }

  @Override
  public Disk disk(VmPaths paths) {
    return new Disk("root", paths.rootDisk(), Disk.Format.QCOW2, false);
  }
}
