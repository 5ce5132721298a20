package dev.banger.core.disk;

import dev.banger.core.host.SparseFile;
import dev.banger.core.lifecycle.LaunchPlan.Disk;
import dev.banger.core.model.BangerException;
import dev.banger.core.model.ErrorKind;
import dev.banger.core.model.Image;
import dev.banger.core.model.VmPaths;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.OptionalLong;
import java.util.function.ToLongFunction;

/** A copy of the image without its holes. Works everywhere, and takes time and space. */
final class CopyStrategy implements RootDiskStrategy {
  private static final long MIB = 1L << 20;

  private final ToLongFunction<Path> freeBytes;

  /** Of the last copy that was made here; empty at first. */
  private volatile String measured = "";

  CopyStrategy() {
    this(DiskSpace::freeBytes);
  }

  /**
   * @param freeBytes in the file system of a directory
   */
  CopyStrategy(ToLongFunction<Path> freeBytes) {
    this.freeBytes = freeBytes;
  }

  @Override
  public String name() {
    return "copy";
  }

  @Override
  public Disk.Format format() {
    return Disk.Format.RAW;
  }

  @Override
  public Suitability suitability() {
    String last = measured;
    return new Suitability(
        true, last.isEmpty() ? "works everywhere, takes time and space" : last, "");
  }

  @Override
  public void create(Image image, VmPaths paths, long diskMiB, Duration deadline) {
    OptionalLong needed = SparseFile.allocatedBytes(image.rootfs());
    needed.ifPresent(bytes -> insistOnRoom(paths, bytes));
    long began = System.nanoTime();
    long end = began + deadline.toNanos();
    NewFile.make(
        Disks.ROOT,
        paths.rootCopy(),
        file -> {
          try {
            ImageFile before = ImageFile.of(image);
            long copied =
                SparseCopy.copy(
                    image.rootfs(), file, done -> insistOnTime(image, end, deadline, done));
            WholeFile.grow(file, diskMiB * MIB);
            before.insistOnUnchanged();
            measured =
                String.format(
                    Locale.ROOT,
                    "%d MiB took %.1f s",
                    copied / MIB,
                    (System.nanoTime() - began) / 1e9);
          } catch (ClosedByInterruptException e) {
            InterruptedException interrupted = new InterruptedException();
            interrupted.initCause(e);
            throw DiskFailures.interrupted(Disks.ROOT, interrupted);
          }
        });
  }

  private void insistOnRoom(VmPaths paths, long bytes) {
    long free = freeBytes.applyAsLong(paths.dir());
    if (free < bytes) {
      throw new BangerException(
          ErrorKind.HOST,
          "a copy of the image as root disk needs %d MiB, %s has %d MiB free"
              .formatted(bytes / MIB, paths.dir(), free / MIB),
          DiskFailures.MAKE_ROOM);
    }
  }

  private static void insistOnTime(Image image, long end, Duration deadline, long copied) {
    if (System.nanoTime() - end >= 0) {
      throw new BangerException(
          ErrorKind.TIMEOUT,
          "copying the image %s for a root disk took longer than %d s; %d MiB were copied"
              .formatted(image.name(), deadline.toSeconds(), copied / MIB),
          "other kinds of root disks need no copy: banger doctor");
    }
  }

  @Override
  public boolean owns(VmPaths paths) {
    return Files.exists(paths.rootCopy());
  }

  @Override
  public Disk disk(VmPaths paths) {
    return new Disk("root", paths.rootCopy(), Disk.Format.RAW, false);
  }
}
