package dev.banger.core.disk;

import dev.banger.core.host.Commands;
import dev.banger.core.lifecycle.DiskProvisioner;
import dev.banger.core.lifecycle.LaunchPlan.Disk;
import dev.banger.core.model.BangerException;
import dev.banger.core.model.ErrorKind;
import dev.banger.core.model.Image;
import dev.banger.core.model.VmId;
import dev.banger.core.model.VmPaths;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/**
 * Root disks as qcow2 overlays over the image, work disks as sparse raw files. Works on every file
 * system and without privileges.
 */
public final class Qcow2DiskProvisioner implements DiskProvisioner {
  private static final String ROOT = "root disk";
  private static final String WORK = "work disk";
  private static final String INITRD = "initramfs";
  private static final long MIB = 1L << 20;
  private static final long MIN_WORK_MIB = 16;

  /** The early files hold keys. */
  private static final FileAttribute<Set<PosixFilePermission>> OWNER_ONLY =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));

  private static final Set<StandardOpenOption> NEW_FILE =
      Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);

  private final Commands commands;
  private final Path agentDisk;

  public Qcow2DiskProvisioner(Commands commands, Path agentDisk) {
    this.commands = commands;
    this.agentDisk = agentDisk;
  }

  @Override
  public void createRootDisk(
      Image image, VmPaths paths, long diskMiB, Set<Disk.Format> formats, Duration deadline) {
    long most = Qcow2Overlay.MAX_BYTES / MIB;
    if (diskMiB < image.diskMiB() || diskMiB > most) {
      throw new BangerException(
          ErrorKind.INVALID,
          "the root disk must be %d MiB (the size of image %s) to %d MiB, got %d MiB"
              .formatted(image.diskMiB(), image.name(), most, diskMiB),
          "leave the size out for the image's own");
    }
    make(
        ROOT,
        paths.rootDisk(),
        file -> {
          try (FileChannel out = FileChannel.open(file, StandardOpenOption.WRITE)) {
            Qcow2Overlay.write(out, image.rootfs().toAbsolutePath(), diskMiB * MIB);
          }
        });
  }

  @Override
  public void createWorkDisk(VmPaths paths, long workDiskMiB, Duration deadline) {
    if (workDiskMiB < MIN_WORK_MIB) {
      throw new BangerException(
          ErrorKind.INVALID,
          "the work disk must be at least %d MiB, got %d MiB".formatted(MIN_WORK_MIB, workDiskMiB));
    }
    make(
        WORK,
        paths.workDisk(),
        file -> {
          try {
            commands.check(
                Commands.Call.of(
                    deadline, Ext4.command(file, workDiskMiB, "banger-work", Optional.empty())));
          } catch (BangerException e) {
            throw DiskFailures.tool(WORK, file, e);
          } catch (InterruptedException e) {
            throw DiskFailures.interrupted(WORK, e);
          }
        });
  }

  @Override
  public void writeInitrd(Image image, VmPaths paths, List<EarlyFile> earlyFiles) {
    EarlyFiles checked = new EarlyFiles(earlyFiles);
    Path target = paths.initrd();
    Path fresh = target.resolveSibling(target.getFileName() + ".new");
    try {
      Files.deleteIfExists(fresh);
      try {
        try (FileChannel out = FileChannel.open(fresh, NEW_FILE, OWNER_ONLY)) {
          append(image.initrd(), out);
          OutputStream seed = new BufferedOutputStream(Channels.newOutputStream(out));
          checked.writeTo(seed);
          seed.flush();
        }
        Files.move(fresh, target, StandardCopyOption.ATOMIC_MOVE);
      } finally {
        Files.deleteIfExists(fresh);
      }
    } catch (IOException e) {
      throw DiskFailures.io(INITRD, target, e);
    }
  }

  @Override
  public Optional<Disk.Format> rootFormat(VmPaths paths) {
    return Files.exists(paths.rootDisk()) ? Optional.of(Disk.Format.QCOW2) : Optional.empty();
  }

  @Override
  public void attach(Image image, VmPaths paths, Duration deadline) {}

  @Override
  public void detach(VmPaths paths, Duration deadline) {}

  @Override
  public Optional<Pressure> pressure(VmPaths paths) {
    return Optional.empty();
  }

  @Override
  public void sweep(Predicate<VmId> exists, Duration deadline) {}

  @Override
  public List<Disk> disks(VmPaths paths) {
    return List.of(
        new Disk("root", paths.rootDisk(), Disk.Format.QCOW2, false),
        new Disk("work", paths.workDisk(), Disk.Format.RAW, false),
        new Disk("agent", agentDisk, Disk.Format.RAW, true));
  }

  @Override
  public Path agentDisk() {
    return agentDisk;
  }

  /** Copies an archive and pads it, so that the kernel finds the next one at its alignment. */
  private static void append(Path archive, FileChannel out) throws IOException {
    try (FileChannel in = FileChannel.open(archive, StandardOpenOption.READ)) {
      long size = in.size();
      for (long at = 0; at < size; ) {
        at += in.transferTo(at, size - at, out);
      }
      out.position(size);
      ByteBuffer padding = ByteBuffer.allocate((int) (-size & 511));
      while (padding.hasRemaining()) {
        out.write(padding);
      }
    }
  }

  /** Makes a file that must not be there yet, and removes it when filling it fails. */
  private static void make(String what, Path file, Filler filler) {
    try {
      Files.createFile(file, OWNER_ONLY);
      boolean filled = false;
      try {
        filler.fill(file);
        filled = true;
      } finally {
        if (!filled) {
          Files.deleteIfExists(file);
        }
      }
    } catch (IOException e) {
      throw DiskFailures.io(what, file, e);
    }
  }

  private interface Filler {
    void fill(Path file) throws IOException;
  }
}
