package dev.banger.core.image;

import dev.banger.core.disk.DiskSpace;
import dev.banger.core.disk.Ext4;
import dev.banger.core.host.Commands;
import dev.banger.core.lifecycle.Progress;
import dev.banger.core.model.BangerException;
import dev.banger.core.model.ErrorKind;
import dev.banger.core.model.Image;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Makes the tiny image: BusyBox over the distribution's kernel. Small, boots in seconds, needs no
 * root. Nothing of the host's state changes.
 */
public final class TinyImporter {
  static final long DISK_MIB = 8192;
  private static final long NEEDED_MIB = 400;
  private static final Duration MKFS_LIMIT = Duration.ofMinutes(2);

  private final Commands commands;
  private final ImageRegistry registry;
  private final InitramfsBuilder initramfs;
  private final Path kernelCache;
  private final Path images;

  /**
   * @param images where the registry keeps its images, for the check of free space
   * @param kernelCache where downloaded kernel packages are kept, shared by all importers
   */
  public TinyImporter(
      Commands commands,
      ImageRegistry registry,
      InitramfsBuilder initramfs,
      Path images,
      Path kernelCache) {
    this.commands = commands;
    this.registry = registry;
    this.initramfs = initramfs;
    this.images = images;
    this.kernelCache = kernelCache;
  }

  /**
   * Makes and registers the image. Interrupting the thread ends it and removes what it had made.
   *
   * @throws BangerException of kind CONFLICT when the name is taken, UNAVAILABLE when a tool is
   *     missing
   */
  public Image run(String name, Progress progress) throws InterruptedException {
    registry.checkFree(name);
    ImageTools.require(commands, ImageTools.tiny());
    Busybox busybox = Busybox.find(commands);
    DiskSpace.require(images, NEEDED_MIB, "the tiny image");
    Stages stages = new Stages(progress);
    try (ImageStaging staging = registry.stage()) {
      KernelPackages.Kernel kernel =
          stages.run(
              "download_kernel",
              () -> {
                Path work = Files.createDirectory(staging.scratch().resolve("kernel"));
                Path apt = Files.createDirectory(staging.scratch().resolve("apt"));
                return new KernelPackages(commands, kernelCache)
                    .fetch(Apt.ofSystem(commands, apt), work);
              },
              KernelPackages.Kernel::version);
      Path tree =
          stages.run(
              "build_rootfs",
              () -> {
                Path dir = Files.createDirectory(staging.scratch().resolve("tree"));
                TinyTree.write(dir, busybox.binary(), busybox.applets());
                return dir;
              });
      stages.run(
          "make_filesystem",
          () -> {
            commands.check(
                Commands.Call.of(
                    MKFS_LIMIT,
                    Ext4.command(staging.rootfs(), DISK_MIB, "banger-root", Optional.of(tree))));
            new RootOwner(commands).apply(staging.rootfs(), tree);
            return staging.rootfs();
          });
      stages.run(
          "build_initramfs",
          () -> {
            Files.copy(kernel.image(), staging.kernel());
            initramfs.build(busybox, kernel.modules(), staging.initrd());
            return staging.initrd();
          });
      return stages.run(
          "register",
          () ->
              registry.publish(
                  staging,
                  name,
                  kernel.version(),
                  DISK_MIB,
                  "BusyBox, kernel " + kernel.version()));
    } catch (IOException e) {
      throw new BangerException(
          ErrorKind.HOST, "cannot make image %s: %s".formatted(name, e), "", List.of(), e);
    }
  }
}
