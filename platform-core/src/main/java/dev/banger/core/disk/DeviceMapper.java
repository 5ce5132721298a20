package dev.banger.core.disk;

import dev.banger.core.host.Commands;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Changes device-mapper devices. Never with {@code --force}: that breaks a device under its user.
 */
final class DeviceMapper {
  /** udev, blkid and the like look at every new device; a user that stays longer is a real one. */
  private static final Duration BUSY_LIMIT = Duration.ofSeconds(10);

  private static final Duration NODE_LIMIT = Duration.ofSeconds(2);
  private static final Duration STATUS_LIMIT = Duration.ofSeconds(10);

  /**
   * {@code banger-0123456789ab: 0 131072 snapshot 8320/32768 48}, or {@code ... snapshot Invalid}.
   */
  private static final Pattern STATUS =
      Pattern.compile("(\\S+): \\d+ \\d+ snapshot (?:(\\d+)/(\\d+) \\d+|(\\S.*))");

  private static final Set<String> LOST = Set.of("Invalid", "Overflow");

  private final DiskTools tools;
  private final Patience patience;
  private final Path dev;

  /**
   * @param dev in place of {@code /dev}
   */
  DeviceMapper(DiskTools tools, Patience patience, Path dev) {
    this.tools = tools;
    this.patience = patience;
    this.dev = dev;
  }

  Path node(String name) {
    return dev.resolve("mapper").resolve(name);
  }

  /**
   * Where udev runs, {@code dmsetup} waits until it has made the node; elsewhere it makes the node
   * itself.
   */
  void create(String name, String uuid, boolean readOnly, String table, TimeLeft time) {
    List<String> argv =
        DiskTools.words(
            List.of("dmsetup", "create", "--verifyudev", "--uuid", uuid),
            readOnly ? List.of("--readonly", name) : List.of(name));
    Commands.Result result =
        tools.run(
            Commands.Call.of(time.left(), argv)
                .withStdin(new ByteArrayInputStream(table.getBytes(StandardCharsets.US_ASCII))));
    if (result.exitCode() != 0) {
      throw DiskTools.failed("cannot make the device " + name, result);
    }
  }

  /**
   * Sees to it that the node is there, whoever should have made it.
   *
   * @param number as the kernel gave it; a node left of an earlier device may lead to another one
   */
  void awaitNode(String name, String number, TimeLeft time) {
    try {
      if (patience.until(time.atMost(NODE_LIMIT), () -> leadsTo(node(name), number))) {
        return;
      }
    } catch (InterruptedException e) {
      throw DiskFailures.interrupted("root disk", e);
    }
    forgetNode(name);
    Commands.Result result = tools.run(time, "dmsetup", "mknodes", "--noudevsync", name);
    if (!leadsTo(node(name), number)) {
      throw DiskTools.failed("the device %s has no node %s".formatted(name, node(name)), result);
    }
  }

  private static boolean leadsTo(Path node, String number) {
    try {
      long device = (Long) Files.getAttribute(node, "unix:rdev");
      long major = (device >> 8 & 0xfff) | (device >> 32 & ~0xfffL);
      long minor = (device & 0xff) | (device >> 12 & ~0xffL);
      return number.equals(major + ":" + minor);
    } catch (IOException e) {
      return false;
    }
  }

  /** Of a device that is gone: where no udev runs, {@code dmsetup} leaves it. */
  void forgetNode(String name) {
    try {
      Files.deleteIfExists(node(name));
    } catch (IOException e) {
      // It is looked at before it is used.
    }
  }

  /** An earlier removal may be waiting for its last user; it is called off. */
  void keep(String name, TimeLeft time) {
    Commands.Result result =
        tools.run(time, "dmsetup", "message", name, "0", "@cancel_deferred_remove");
    if (result.exitCode() != 0) {
      throw DiskTools.failed("cannot take up the device " + name, result);
    }
  }

  /**
   * Removes devices, each before what it is made of; tries again, for a while, as long as one is
   * busy.
   *
   * @param there which of them are still there, asked of the kernel anew
   * @return whether they are gone; false when one is in use
   */
  boolean remove(Supplier<List<String>> there, TimeLeft time) {
    try {
      return patience.until(time.atMost(BUSY_LIMIT), () -> removed(there, time));
    } catch (InterruptedException e) {
      throw DiskFailures.interrupted("root disk", e);
    }
  }

  private boolean removed(Supplier<List<String>> there, TimeLeft time) {
    List<String> names = there.get();
    if (names.isEmpty()) {
      return true;
    }
    Commands.Result result = tools.run(time, DiskTools.words(List.of("dmsetup", "remove"), names));
    if (result.exitCode() == 0 || there.get().isEmpty()) {
      return true;
    }
    if (!DiskTools.isBusy(result)) {
      throw DiskTools.failed("cannot remove " + String.join(", ", names), result);
    }
    return false;
  }

  /** Tells the kernel to remove them when their last user is gone. */
  void removeLater(Supplier<List<String>> there, TimeLeft time) {
    List<String> names = there.get();
    if (names.isEmpty()) {
      return;
    }
    Commands.Result result =
        tools.run(time, DiskTools.words(List.of("dmsetup", "remove", "--deferred"), names));
    if (result.exitCode() != 0 && !there.get().isEmpty()) {
      throw DiskTools.failed(
          "cannot remove %s, which is in use".formatted(String.join(", ", names)), result);
    }
  }

  /**
   * How full a snapshot is.
   *
   * @param used of {@code total} sectors
   * @param lost whether the kernel has given it up
   */
  record Status(long used, long total, boolean lost) {}

  /** Of all snapshots there are, by name; one process for all of them. */
  Map<String, Status> statuses() {
    Commands.Result result =
        tools.run(Commands.Call.of(STATUS_LIMIT, "dmsetup", "status", "--target", "snapshot"));
    if (result.exitCode() != 0) {
      throw DiskTools.failed("cannot see how full the root disks are", result);
    }
    Map<String, Status> found = new HashMap<>();
    result
        .stdout()
        .lines()
        .forEach(
            line -> {
              Matcher status = STATUS.matcher(line.strip());
              if (status.matches()) {
                found.put(status.group(1), status(status));
              }
            });
    return found;
  }

  private static Status status(Matcher line) {
    try {
      return line.group(2) == null
          ? new Status(0, 0, LOST.contains(line.group(4)))
          : new Status(Long.parseLong(line.group(2)), Long.parseLong(line.group(3)), false);
    } catch (NumberFormatException e) {
      return new Status(0, 0, false);
    }
  }
}
