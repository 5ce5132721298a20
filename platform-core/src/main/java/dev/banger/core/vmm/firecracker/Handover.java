package dev.banger.core.vmm.firecracker;

import dev.banger.core.host.Commands;
import dev.banger.core.lifecycle.LaunchPlan;
import dev.banger.core.model.BangerException;
import dev.banger.core.model.ErrorKind;
import dev.banger.core.model.VmId;
import dev.banger.core.vmm.PlainJson;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * Looks at what of the host is about to be given to a guest. A mistake here is not an error message
 * later but somebody else's disk, or a network that is none.
 */
final class Handover {
  private static final int IFF_TAP = 0x0002;
  private static final Duration DEADLINE = Duration.ofSeconds(5);

  private final Commands commands;
  private final Path networkDevices;
  private final Path blockDevices;
  private final String bridge;

  /**
   * @param commands for {@code ip}, where the host's list is of another network namespace than ours
   * @param networkDevices {@code /sys/class/net}
   * @param blockDevices {@code /sys/dev/block}
   * @param bridge that TAP devices must be ports of; empty for any
   */
  Handover(Commands commands, Path networkDevices, Path blockDevices, String bridge) {
    this.commands = commands;
    this.networkDevices = networkDevices;
    this.blockDevices = blockDevices;
    this.bridge = bridge;
  }

  /**
   * @throws BangerException of kind HOST with what is wrong
   */
  void check(LaunchPlan plan, Path kernel) throws InterruptedException {
    file("kernel", kernel, false);
    file("initrd", plan.initrd(), false);
    plan.disks().forEach(disk -> disk(plan.paths().id(), disk));
    tap(BootRequests.tap(plan).device());
  }

  /** Where it is missing, a Firecracker that may would make one of that name, on no bridge. */
  private void tap(String device) throws InterruptedException {
    Path entry = networkDevices.resolve(device);
    Device found = Files.exists(entry) ? listed(entry) : asked(device);
    if (!found.tap()) {
      throw network("the network device %s is no TAP device".formatted(device));
    }
    if (found.master().isEmpty()) {
      throw network("the TAP device %s is on no bridge".formatted(device));
    }
    if (!bridge.isEmpty() && !found.master().equals(bridge)) {
      throw network(
          "the TAP device %s is on %s, not on %s".formatted(device, found.master(), bridge));
    }
  }

  /**
   * @param master the bridge it is a port of; empty when none
   */
  private record Device(boolean tap, String master) {}

  private static Device listed(Path entry) {
    return new Device((flags(entry) & IFF_TAP) != 0, name(entry.resolve("master")));
  }

  private Device asked(String device) throws InterruptedException {
    Commands.Result result =
        commands.run(Commands.Call.of(DEADLINE, "ip", "-j", "-d", "link", "show", "dev", device));
    if (result.exitCode() != 0) {
      throw network("there is no network device " + device);
    }
    byte[] json = "{\"links\":%s}".formatted(result.stdout()).getBytes(StandardCharsets.UTF_8);
    try {
      Object link =
          PlainJson.readObject(json, json.length).get("links") instanceof List<?> links
                  && !links.isEmpty()
              ? links.getFirst()
              : Map.of();
      Object kind = link instanceof Map<?, ?> map ? map.get("linkinfo") : null;
      Object data = kind instanceof Map<?, ?> map ? map.get("info_data") : null;
      return new Device(
          PlainJson.text(kind, "info_kind").equals("tun")
              && PlainJson.text(data, "type").equals("tap"),
          PlainJson.text(link, "master"));
    } catch (IOException e) {
      throw network("ip does not say what %s is".formatted(device));
    }
  }

  private static int flags(Path entry) {
    try {
      return Integer.decode(Files.readString(entry.resolve("tun_flags")).strip());
    } catch (IOException | NumberFormatException e) {
      return 0;
    }
  }

  private static String name(Path master) {
    try {
      return master.toRealPath().getFileName().toString();
    } catch (IOException e) {
      return "";
    }
  }

  private static BangerException network(String problem) {
    return new BangerException(ErrorKind.HOST, problem, "banger doctor tells of the network");
  }

  private void disk(VmId id, LaunchPlan.Disk disk) {
    String what = "disk " + disk.id();
    BasicFileAttributes attributes = attributes(what, disk.file());
    if (attributes.isOther()) {
      blockDevice(id, what, disk.file());
      access(what, disk.file(), !disk.readOnly());
    } else {
      file(what, disk.file(), !disk.readOnly());
    }
  }

  /** Of devices only the VM's own snapshot, which the device mapper knows by the VM's name. */
  private void blockDevice(VmId id, String what, Path file) {
    String uuid = "";
    try {
      long number = ((Number) Files.getAttribute(file, "unix:rdev")).longValue();
      uuid = Files.readString(blockDevices.resolve(majorMinor(number)).resolve("dm/uuid")).strip();
    } catch (IOException e) {
      // It is no device of the device mapper.
    }
    if (!uuid.equals("BANGER-" + id)) {
      throw new BangerException(
          ErrorKind.HOST,
          "%s: %s is not the root disk of VM %s".formatted(what, file, id),
          "banger doctor");
    }
  }

  /** See makedev(3). */
  static String majorMinor(long number) {
    long major = ((number >>> 8) & 0xfff) | ((number >>> 32) & ~0xfffL);
    long minor = (number & 0xff) | ((number >>> 12) & ~0xffL);
    return "%d:%d".formatted(major, minor & 0xffffffffL);
  }

  private static void file(String what, Path file, boolean writable) {
    if (!attributes(what, file).isRegularFile()) {
      throw new BangerException(ErrorKind.HOST, "%s: %s is not a file".formatted(what, file));
    }
    access(what, file, writable);
  }

  private static void access(String what, Path file, boolean writable) {
    if (!Files.isReadable(file) || (writable && !Files.isWritable(file))) {
      throw new BangerException(
          ErrorKind.HOST,
          "%s: %s cannot be %s".formatted(what, file, writable ? "written" : "read"));
    }
  }

  private static BasicFileAttributes attributes(String what, Path file) {
    try {
      return Files.readAttributes(file, BasicFileAttributes.class);
    } catch (IOException e) {
      throw new BangerException(
          ErrorKind.HOST,
          "%s: %s %s"
              .formatted(
                  what,
                  file,
                  Files.exists(file, LinkOption.NOFOLLOW_LINKS)
                      ? "leads nowhere"
                      : "does not exist"));
    }
  }
}
