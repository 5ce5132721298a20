package dev.banger.core.vmm;

import dev.banger.core.lifecycle.LaunchPlan;
import dev.banger.core.model.BangerException;
import dev.banger.core.model.ErrorKind;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/** Refuses plans that a VMM would misread or fail on late. */
public final class PlanChecks {
  /** sizeof(sockaddr_un.sun_path) less its terminator. */
  private static final int MAX_SOCKET_PATH = 107;

  private static final Pattern MAC = Pattern.compile("[0-9a-f]{2}(:[0-9a-f]{2}){5}");

  /** The limit of a virtio-blk serial number is 20 characters. */
  private static final Pattern DISK_ID = Pattern.compile("[a-z][a-z0-9-]{0,19}");

  private static final Pattern LOOPBACK =
      Pattern.compile("127(\\.(25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])){3}");

  /** The kernel's IFNAMSIZ is 16, with the closing NUL. */
  private static final Pattern DEVICE = Pattern.compile("[a-z][a-z0-9-]{0,14}");

  private PlanChecks() {}

  /**
   * @throws BangerException of kind INVALID naming the value
   */
  public static void check(LaunchPlan plan, int maxDisks) {
    require(
        plan.cpus() >= 1 && plan.cpus() <= 64, "cpus: %d is not in 1 to 64".formatted(plan.cpus()));
    require(
        plan.memoryMiB() >= 64, "memory: %d MiB is less than 64 MiB".formatted(plan.memoryMiB()));
    disks(plan.disks(), maxDisks);
    network(plan.network());
    socket(plan.paths().controlSocket());
    socket(plan.paths().agentSocket());
  }

  private static void disks(List<LaunchPlan.Disk> disks, int max) {
    require(
        disks.size() <= max,
        "disks: %d are more than the %d a microvm has room for".formatted(disks.size(), max));
    Set<String> ids = new HashSet<>();
    for (LaunchPlan.Disk disk : disks) {
      require(
          DISK_ID.matcher(disk.id()).matches(),
          "disk id %s: does not match %s".formatted(disk.id(), DISK_ID));
      require(ids.add(disk.id()), "disk id %s: given twice".formatted(disk.id()));
    }
  }

  private static void network(LaunchPlan.Network network) {
    String mac = network.mac();
    require(
        MAC.matcher(mac).matches(),
        "mac %s: want six pairs of lower-case hexadecimal digits".formatted(mac));
    require(
        (Integer.parseInt(mac.substring(0, 2), 16) & 1) == 0,
        "mac %s: is a multicast address".formatted(mac));
    switch (network) {
      case LaunchPlan.UserNetwork user -> user(user);
      case LaunchPlan.TapNetwork tap ->
          require(
              DEVICE.matcher(tap.device()).matches(),
              "network device %s: does not match %s".formatted(tap.device(), DEVICE));
    }
  }

  private static void user(LaunchPlan.UserNetwork network) {
    require(
        LOOPBACK.matcher(network.hostAddress()).matches(),
        "host address %s: forwarded ports are bound to loopback addresses only, 127.x.y.z"
            .formatted(network.hostAddress()));
    Set<Integer> ports = new HashSet<>();
    for (LaunchPlan.PortForward forward : network.forwards()) {
      require(
          isPort(forward.hostPort()),
          "host port %d: is not in 1 to 65535".formatted(forward.hostPort()));
      require(
          isPort(forward.guestPort()),
          "guest port %d: is not in 1 to 65535".formatted(forward.guestPort()));
      require(
          ports.add(forward.hostPort()),
          "host port %d: forwarded twice".formatted(forward.hostPort()));
    }
  }

  private static void socket(Path path) {
    int length = path.toString().getBytes(StandardCharsets.UTF_8).length;
    require(
        length <= MAX_SOCKET_PATH,
        "socket path %s: %d bytes, Linux takes at most %d; choose a shorter run directory"
            .formatted(path, length, MAX_SOCKET_PATH));
  }

  private static boolean isPort(int port) {
    return port >= 1 && port <= 65535;
  }

  private static void require(boolean holds, String message) {
    if (!holds) {
      throw new BangerException(ErrorKind.INVALID, message);
    }
  }
}
