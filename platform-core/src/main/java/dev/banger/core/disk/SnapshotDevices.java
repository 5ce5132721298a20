package dev.banger.core.disk;

import dev.banger.core.lifecycle.Rollback;
import dev.banger.core.model.BangerException;
import dev.banger.core.model.ErrorKind;
import dev.banger.core.model.VmId;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The devices of VMs' root disks in the kernel. What is ours is told by the UUID, which starts with
 * {@code BANGER-}, never by the name; everything else is left alone.
 */
final class SnapshotDevices {
  private static final Pattern OURS = Pattern.compile("BANGER-([0-9a-f]{12})(-base)?");

  private final BlockDevices devices;
  private final LoopDevices loops;
  private final DeviceMapper mapper;

  SnapshotDevices(BlockDevices devices, LoopDevices loops, DeviceMapper mapper) {
    this.devices = devices;
    this.loops = loops;
    this.mapper = mapper;
  }

  /**
   * What one VM's devices are made of.
   *
   * @param changes real path of the file behind the snapshot
   */
  record Parts(VmId id, SnapshotNote note, Path rootfs, Path changes) {}

  static String name(VmId id) {
    return "banger-" + id;
  }

  private static String uuid(VmId id) {
    return "BANGER-" + id;
  }

  /** What a disk that is larger than its image is a snapshot of. */
  private static String baseName(VmId id) {
    return name(id) + "-base";
  }

  private static String baseUuid(VmId id) {
    return uuid(id) + "-base";
  }

  /** Makes the device, or takes up the one that is there. */
  void attach(Parts parts, TimeLeft time) {
    VmId id = parts.id();
    List<BlockDevices.Mapped> mapped = devices.mapped();
    mapped.forEach(device -> refuseForeign(id, device));
    if (isWhole(parts, mapped)) {
      mapper.keep(name(id), time);
    } else {
      if (!removed(id, time)) {
        throw new BangerException(
            ErrorKind.CONFLICT,
            "the device %s is half-made and in use by another program".formatted(name(id)),
            "see which: fuser -v " + mapper.node(name(id)));
      }
      loops.clear(parts.changes(), time);
      loops.clearUnused(parts.rootfs(), time);
      build(parts, time);
    }
    awaitNode(uuid(id), name(id), time);
  }

  private void awaitNode(String uuid, String name, TimeLeft time) {
    String number =
        devices.mapped().stream()
            .filter(device -> device.uuid().equals(uuid))
            .map(BlockDevices.Mapped::number)
            .findFirst()
            .orElse("");
    mapper.awaitNode(name, number, time);
  }

  private static void refuseForeign(VmId id, BlockDevices.Mapped device) {
    boolean named = device.name().equals(name(id)) || device.name().equals(baseName(id));
    if (named && !isOf(id, device)) {
      throw new BangerException(
          ErrorKind.CONFLICT,
          "a device called %s is there already, and is not banger's (UUID \"%s\")"
              .formatted(device.name(), device.uuid().replaceAll("[^ -~]", "?")),
          "see what it is: dmsetup info " + device.name());
    }
  }

  private static boolean isOf(VmId id, BlockDevices.Mapped device) {
    return device.uuid().equals(uuid(id)) || device.uuid().equals(baseUuid(id));
  }

  /** Names of the VM's devices, each before what it is made of. */
  private List<String> there(VmId id) {
    List<BlockDevices.Mapped> mapped = devices.mapped();
    return Stream.of(uuid(id), baseUuid(id))
        .flatMap(
            uuid ->
                mapped.stream()
                    .filter(device -> device.uuid().equals(uuid))
                    .map(BlockDevices.Mapped::name))
        .toList();
  }

  private boolean removed(VmId id, TimeLeft time) {
    List<String> names = there(id);
    if (!mapper.remove(() -> there(id), time)) {
      return false;
    }
    names.forEach(mapper::forgetNode);
    return true;
  }

  private boolean isWhole(Parts parts, List<BlockDevices.Mapped> mapped) {
    long sectors = parts.note().sectors();
    Optional<BlockDevices.Mapped> snapshot = live(uuid(parts.id()), sectors, mapped);
    if (snapshot.isEmpty() || !isOver(snapshot.get(), parts.changes())) {
      return false;
    }
    if (!parts.note().grown()) {
      return isOver(snapshot.get(), parts.rootfs());
    }
    return live(baseUuid(parts.id()), sectors, mapped)
        .filter(base -> snapshot.get().slaves().contains(base.device()))
        .filter(base -> isOver(base, parts.rootfs()))
        .isPresent();
  }

  private static Optional<BlockDevices.Mapped> live(
      String uuid, long sectors, List<BlockDevices.Mapped> mapped) {
    return mapped.stream()
        .filter(device -> device.uuid().equals(uuid))
        .filter(device -> device.sectors() == sectors && !device.suspended())
        .findFirst();
  }

  private boolean isOver(BlockDevices.Mapped device, Path file) {
    return device.slaves().stream()
        .flatMap(slave -> devices.loop(slave).stream())
        .anyMatch(loop -> loop.file().equals(file) && !loop.deleted());
  }

  private void build(Parts parts, TimeLeft time) {
    VmId id = parts.id();
    SnapshotNote note = parts.note();
    Rollback rollback = new Rollback();
    try {
      rollback.push("loop devices", () -> clearLoops(parts, time));
      try (LoopDevices.Held image = loops.ofImage(parts.rootfs(), time);
          LoopDevices.Held changes = loops.ofVm(parts.changes(), time)) {
        // Held open here, so they stay until the device holds them; and go if this process dies.
        loops.letGo(
            Stream.of(image, changes)
                .filter(loop -> !loop.goes())
                .map(LoopDevices.Held::device)
                .toList(),
            time);
        rollback.push("device", () -> removed(id, time));
        Path origin = image.node();
        if (note.grown()) {
          mapper.create(baseName(id), baseUuid(id), true, grown(image.node(), note), time);
          awaitNode(baseUuid(id), baseName(id), time);
          origin = mapper.node(baseName(id));
        }
        mapper.create(
            name(id),
            uuid(id),
            false,
            "0 %d snapshot %s %s P %d\n"
                .formatted(note.sectors(), origin, changes.node(), ChangesFile.CHUNK),
            time);
      }
      rollback.commit();
    } catch (IOException e) {
      BangerException failure = LoopDevices.cannotHold(parts.changes(), e);
      undo(rollback, failure);
      throw failure;
    } catch (RuntimeException | Error e) {
      undo(rollback, e);
      throw e;
    }
  }

  /** The image, and zeroes behind it up to the wanted size. */
  private static String grown(Path image, SnapshotNote note) {
    long base = note.baseSectors();
    return "0 %d linear %s 0\n%d %d zero\n".formatted(base, image, base, note.sectors() - base);
  }

  private void clearLoops(Parts parts, TimeLeft time) {
    loops.clear(parts.changes(), time);
    loops.clearUnused(parts.rootfs(), time);
  }

  /** Undoing needs commands, which an interrupted thread cannot run. */
  private static void undo(Rollback rollback, Throwable cause) {
    boolean interrupted = Thread.interrupted();
    for (String failure : rollback.undo().failures()) {
      cause.addSuppressed(new IllegalStateException("not undone: " + failure));
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /**
   * Removes what there is of a VM's devices.
   *
   * @param rootfs of the image, where it is known
   * @return whether all is gone; false when the kernel was told to remove the device when its last
   *     user is gone
   */
  boolean detach(VmId id, Path changes, Optional<Path> rootfs, TimeLeft time) {
    boolean gone = removed(id, time);
    if (gone) {
      loops.clear(changes, time);
    } else {
      mapper.removeLater(() -> there(id), time);
      loops.letGo(
          loops.over(changes).stream()
              .filter(loop -> !loop.autoclear())
              .map(BlockDevices.Loop::device)
              .toList(),
          time);
    }
    rootfs.ifPresent(file -> loops.clearUnused(file, time));
    return gone;
  }

  /**
   * VMs of this installation, by the files behind the devices, that have something in the kernel.
   * Another installation on this host has devices of the same kind; they are none of our business.
   *
   * @param vms real path of the directory of VMs' directories
   * @param images real path of the directory of images
   */
  List<VmId> present(Path vms, Path images) {
    List<VmId> ids = new ArrayList<>();
    for (BlockDevices.Mapped device : devices.mapped()) {
      Matcher ours = OURS.matcher(device.uuid());
      if (ours.matches()) {
        VmId id = new VmId(ours.group(1));
        Path changes = changes(vms, id);
        Predicate<BlockDevices.Loop> known =
            ours.group(2) == null
                ? loop -> loop.file().equals(changes)
                : loop -> loop.file().startsWith(images) && !device.held();
        if (device.slaves().stream().flatMap(name -> devices.loop(name).stream()).anyMatch(known)) {
          ids.add(id);
        }
      }
    }
    for (BlockDevices.Loop loop : devices.loops()) {
      Path dir = loop.file().getParent();
      if (dir != null
          && vms.equals(dir.getParent())
          && VmId.isValid(dir.getFileName().toString())) {
        VmId id = new VmId(dir.getFileName().toString());
        if (loop.file().equals(changes(vms, id))) {
          ids.add(id);
        }
      }
    }
    return ids.stream().distinct().sorted().toList();
  }

  static Path changes(Path vms, VmId id) {
    return vms.resolve(id.value()).resolve("root.cow");
  }
}
