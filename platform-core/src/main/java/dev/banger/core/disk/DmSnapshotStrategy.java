package dev.banger.core.disk;

import dev.banger.core.host.Commands;
import dev.banger.core.lifecycle.DiskProvisioner.Pressure;
import dev.banger.core.lifecycle.LaunchPlan.Disk;
import dev.banger.core.model.BangerException;
import dev.banger.core.model.ErrorKind;
import dev.banger.core.model.Image;
import dev.banger.core.model.VmId;
import dev.banger.core.model.VmPaths;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/**
 * Root disks as persistent device-mapper snapshots: the image behind a read-only loop device, what
 * the guest changes in a sparse file behind another. The files are durable; the devices are made
 * before each launch and removed after it, so nothing of a host's reboot need be repaired.
 */
final class DmSnapshotStrategy implements RootDiskStrategy {
  static final String NAME = "dm-snapshot";

  private static final String ROOT = "root disk";
  private static final long MIB = 1L << 20;

  /** With less, the guest would be paused as soon as it ran. */
  private static final long NEEDED_MIB = 256;

  private static final long MAX_MIB = Qcow2Overlay.MAX_BYTES / MIB;

  private static final FileAttribute<Set<PosixFilePermission>> OWNER_ONLY =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));

  private final Path vms;
  private final Path images;
  private final DeviceMapper mapper;
  private final SnapshotDevices devices;
  private final SnapshotSupport support;
  private final SnapshotPressure pressure;

  /**
   * @param vms the directory of VMs' directories
   * @param images the directory of images' directories
   */
  DmSnapshotStrategy(Commands commands, Path vms, Path images) {
    this(commands, vms, images, Path.of("/"), Thread::sleep);
  }

  /**
   * @param root in place of {@code /}, for sysfs, procfs and device nodes
   */
  DmSnapshotStrategy(Commands commands, Path vms, Path images, Path root, Patience.Nap nap) {
    this.vms = vms;
    this.images = images;
    DiskTools tools = new DiskTools(commands);
    Patience patience = new Patience(nap);
    BlockDevices block = new BlockDevices(root.resolve("sys"));
    Path dev = root.resolve("dev");
    this.mapper = new DeviceMapper(tools, patience, dev);
    this.devices = new SnapshotDevices(block, new LoopDevices(tools, patience, block, dev), mapper);
    this.support = new SnapshotSupport(tools, root);
    this.pressure = new SnapshotPressure(mapper);
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public Disk.Format format() {
    return Disk.Format.RAW;
  }

  @Override
  public Suitability suitability() {
    return support.suitability();
  }

  @Override
  public void forget() {
    support.forget();
  }

  /** Files only; the kernel hears of it when the VM starts. */
  @Override
  public void create(Image image, VmPaths paths, long diskMiB, Duration deadline) {
    if (diskMiB < image.diskMiB() || diskMiB > MAX_MIB) {
      throw new BangerException(
          ErrorKind.INVALID,
          "the root disk must be %d MiB (the size of image %s) to %d MiB, got %d MiB"
              .formatted(image.diskMiB(), image.name(), MAX_MIB, diskMiB),
          "leave the size out for the image's own");
    }
    DiskSpace.require(paths.dir(), NEEDED_MIB, "a root disk");
    Path note = SnapshotNote.file(paths);
    boolean made = false;
    try {
      refuseExisting(paths.rootChanges());
      refuseExisting(note);
      try {
        SnapshotNote about = SnapshotNote.of(image.rootfs(), diskMiB * MIB / SnapshotNote.SECTOR);
        about.write(note, OWNER_ONLY);
        ChangesFile.create(paths.rootChanges(), about.sectors(), OWNER_ONLY);
        made = true;
      } finally {
        if (!made) {
          Files.deleteIfExists(paths.rootChanges());
          Files.deleteIfExists(note);
        }
      }
    } catch (IOException e) {
      throw DiskFailures.io(ROOT, paths.rootChanges(), e);
    }
  }

  private static void refuseExisting(Path file) throws IOException {
    if (Files.exists(file)) {
      throw new FileAlreadyExistsException(file.toString());
    }
  }

  @Override
  public boolean owns(VmPaths paths) {
    return Files.exists(paths.rootChanges());
  }

  @Override
  public Disk disk(VmPaths paths) {
    return new Disk("root", mapper.node(SnapshotDevices.name(paths.id())), Disk.Format.RAW, false);
  }

  @Override
  public Path file(VmPaths paths) {
    return paths.rootChanges();
  }

  @Override
  public void attach(Image image, VmPaths paths, Duration deadline) {
    Path changes = paths.rootChanges();
    SnapshotNote note =
        SnapshotNote.read(SnapshotNote.file(paths))
            .orElseThrow(
                () ->
                    new BangerException(
                        ErrorKind.HOST,
                        "%s does not tell what the root disk was made over"
                            .formatted(SnapshotNote.file(paths)),
                        "delete the VM"));
    try {
      note.insistOn(image.rootfs(), image.name());
      insistOnSound(changes);
      devices.attach(
          new SnapshotDevices.Parts(
              paths.id(), note, image.rootfs().toRealPath(), changes.toRealPath()),
          TimeLeft.of(deadline));
    } catch (IOException e) {
      throw DiskFailures.io(ROOT, changes, e);
    }
  }

  private static void insistOnSound(Path changes) throws IOException {
    switch (ChangesFile.state(changes)) {
      case UNUSED, SOUND -> {}
      case LOST ->
          throw new BangerException(
              ErrorKind.CONFLICT,
              "the root disk %s is lost: the host had no room for what the guest wrote"
                  .formatted(changes),
              "its data cannot be read any more; delete the VM");
      case FOREIGN ->
          throw new BangerException(
              ErrorKind.CONFLICT,
              "%s is damaged: it does not start as the changes of a root disk do"
                  .formatted(changes),
              "put it back from a backup, or delete the VM");
    }
  }

  @Override
  public void detach(VmPaths paths, Duration deadline) {
    detach(
        paths.id(),
        real(paths.dir()).resolve(paths.rootChanges().getFileName()),
        SnapshotNote.read(SnapshotNote.file(paths)).map(note -> real(note.rootfs())),
        deadline);
  }

  private void detach(VmId id, Path changes, Optional<Path> rootfs, Duration deadline) {
    if (!devices.detach(id, changes, rootfs, TimeLeft.of(deadline))) {
      System.getLogger(DmSnapshotStrategy.class.getName())
          .log(
              System.Logger.Level.WARNING,
              "vm={0}: its root disk is still in use by another program; it goes when that ends",
              id);
    }
  }

  /** Of a directory that may be gone. */
  private static Path real(Path dir) {
    try {
      return dir.toRealPath();
    } catch (IOException e) {
      return dir.toAbsolutePath();
    }
  }

  @Override
  public Optional<Pressure> pressure(VmPaths paths) {
    if (!owns(paths)) {
      return Optional.empty();
    }
    try {
      return Optional.of(pressure.of(SnapshotDevices.name(paths.id()), paths.rootChanges()));
    } catch (IOException e) {
      throw DiskFailures.io(ROOT, paths.rootChanges(), e);
    }
  }

  @Override
  public Set<VmId> traces(List<VmPaths> every) {
    return Set.copyOf(devices.present(real(vms), real(images)));
  }

  @Override
  public void sweep(Predicate<VmId> exists, Duration deadline) {
    Path home = real(vms);
    for (VmId id : devices.present(home, real(images))) {
      if (!exists.test(id)) {
        detach(id, SnapshotDevices.changes(home, id), Optional.empty(), deadline);
      }
    }
  }
}
