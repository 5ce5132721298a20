package dev.banger.core.disk;

import dev.banger.core.host.IoReasons;
import dev.banger.core.host.SparseFile;
import dev.banger.core.lifecycle.LaunchPlan.Disk;
import dev.banger.core.model.Image;
import dev.banger.core.model.VmPaths;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * A copy of the image that shares its blocks until one of the two is written to. Costs milliseconds
 * and no privileges, on file systems that can: XFS, btrfs, bcachefs.
 */
final class ReflinkStrategy implements RootDiskStrategy {
  private static final long MIB = 1L << 20;
  private static final String FROM = ".reflink-tried-from";
  private static final String TO = ".reflink-tried-to";

  private final Path images;
  private final Path vms;

  /** What was found out; null when nothing was, or nothing that lasts. */
  private Suitability known;

  /**
   * @param images directory of all images; need not be there yet
   * @param vms directory of all VMs; need not be there yet
   */
  ReflinkStrategy(Path images, Path vms) {
    this.images = images;
    this.vms = vms;
  }

  /** Removes what a daemon left that was killed while it tried. */
  void tidy() {
    for (Path dir : List.of(images, vms, images.toAbsolutePath().getParent())) {
      try {
        Files.deleteIfExists(dir.resolve(FROM));
        Files.deleteIfExists(dir.resolve(TO));
      } catch (IOException e) {
        // The next try says what is wrong there.
      }
    }
  }

  @Override
  public String name() {
    return "reflink";
  }

  @Override
  public Disk.Format format() {
    return Disk.Format.RAW;
  }

  @Override
  public synchronized Suitability suitability() {
    return known == null ? tried() : known;
  }

  @Override
  public synchronized void forget() {
    known = null;
  }

  /** Shares one block. Asking for the type of the file system would not do: XFS may be without. */
  private Suitability tried() {
    Path from = present(images).resolve(FROM);
    Path to = present(vms).resolve(TO);
    try {
      try {
        tidy();
        Files.createFile(from, NewFile.OWNER_ONLY);
        Files.write(from, new byte[4096]);
        Files.createFile(to, NewFile.OWNER_ONLY);
        String type = SparseFile.fileSystem(to);
        known = shared(from, to, type);
        return known;
      } finally {
        Files.deleteIfExists(to);
        Files.deleteIfExists(from);
      }
    } catch (IOException e) {
      return new Suitability(
          false, "could not be tried in %s: %s".formatted(to.getParent(), IoReasons.of(e)), "");
    }
  }

  private static Suitability shared(Path from, Path to, String type) {
    try {
      SparseFile.share(from, to);
      return new Suitability(true, type + " shares blocks", "");
    } catch (IOException e) {
      boolean isApart = !type.equals(SparseFile.fileSystem(from));
      return new Suitability(
          false,
          isApart
              ? "images and VMs lie on different file systems"
              : "%s cannot share blocks".formatted(type),
          "keep banger's data on XFS or btrfs: BANGER_HOME");
    }
  }

  private static Path present(Path dir) {
    return Files.isDirectory(dir) ? dir : dir.toAbsolutePath().getParent();
  }

  @Override
  public void create(Image image, VmPaths paths, long diskMiB, Duration deadline) {
    NewFile.make(
        Disks.ROOT,
        paths.rootReflink(),
        file -> {
          ImageFile before = ImageFile.of(image);
          SparseFile.share(image.rootfs(), file);
          WholeFile.grow(file, diskMiB * MIB);
          before.insistOnUnchanged();
        });
  }

  @Override
  public boolean owns(VmPaths paths) {
    return Files.exists(paths.rootReflink());
  }

  @Override
  public Disk disk(VmPaths paths) {
    return new Disk("root", paths.rootReflink(), Disk.Format.RAW, false);
  }
}
