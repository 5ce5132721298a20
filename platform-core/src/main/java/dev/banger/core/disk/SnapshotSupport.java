package dev.banger.core.disk;

import dev.banger.core.disk.RootDiskStrategy.Suitability;
import dev.banger.core.host.Commands;
import dev.banger.core.model.BangerException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Finds out whether this host can make device-mapper snapshots over loop devices. */
final class SnapshotSupport {
  private static final Duration LIMIT = Duration.ofSeconds(10);

  /** How long a refusal holds; a host that can does not unlearn it. */
  private static final Duration REFUSAL_HOLDS = Duration.ofSeconds(30);

  /** {@code CAP_SYS_ADMIN} of linux/capability.h. */
  private static final int SYS_ADMIN = 21;

  private static final String OTHERWISE = ", or leave vm.root_disk to another kind";

  private final DiskTools tools;
  private final Path root;
  private Suitability found;
  private long foundNanos;

  /**
   * @param root in place of {@code /}
   */
  SnapshotSupport(DiskTools tools, Path root) {
    this.tools = tools;
    this.root = root;
  }

  synchronized Suitability suitability() {
    if (found == null
        || (!found.usable() && System.nanoTime() - foundNanos > REFUSAL_HOLDS.toNanos())) {
      found = look();
      foundNanos = System.nanoTime();
    }
    return found;
  }

  synchronized void forget() {
    found = null;
  }

  private Suitability look() {
    if (!mayAdminister()) {
      return no("making devices takes the rights of root", "run the daemon as root" + OTHERWISE);
    }
    for (String tool : List.of("dmsetup", "losetup")) {
      if (tools.commands().find(tool).isEmpty()) {
        return no(
            tool + " is not installed",
            "sudo apt-get install " + (tool.equals("dmsetup") ? "dmsetup" : "mount"));
      }
    }
    try {
      TimeLeft time = TimeLeft.of(LIMIT);
      Optional<Suitability> missing = missing(time);
      if (missing.isPresent() && tools.commands().find("modprobe").isPresent()) {
        // What they are in is loaded when it is first asked for; on some hosts only by name.
        var _ = tools.run(time, "modprobe", "--all", "loop", "dm_mod", "dm_snapshot", "dm_zero");
        missing = missing(time);
      }
      return missing.orElseGet(
          () -> new Suitability(true, "this kernel makes snapshots over loop devices", ""));
    } catch (BangerException e) {
      return no(e.getMessage(), e.hint());
    }
  }

  private Optional<Suitability> missing(TimeLeft time) {
    if (!Files.exists(root.resolve("sys/class/misc/device-mapper"))) {
      return Optional.of(
          no(
              "this kernel has no device mapper",
              "use a kernel that has (CONFIG_BLK_DEV_DM, CONFIG_DM_SNAPSHOT)" + OTHERWISE));
    }
    if (!Files.exists(root.resolve("dev/loop-control"))) {
      return Optional.of(
          no(
              "there are no loop devices: /dev/loop-control is missing",
              "load them: sudo modprobe loop; a container must be given the device" + OTHERWISE));
    }
    Commands.Result targets = tools.run(time, "dmsetup", "targets");
    if (targets.exitCode() != 0) {
      return Optional.of(
          no(
              DiskTools.failed("dmsetup cannot reach the device mapper", targets).getMessage(),
              "a container must be given /dev/mapper/control and the rights to use it"
                  + OTHERWISE));
    }
    boolean snapshots = targets.stdout().lines().anyMatch(line -> line.startsWith("snapshot "));
    return snapshots
        ? Optional.empty()
        : Optional.of(
            no(
                "this kernel's device mapper cannot make snapshots",
                "load the module: sudo modprobe dm_snapshot" + OTHERWISE));
  }

  /** Root in a container is often root in name only. */
  private boolean mayAdminister() {
    try {
      return Files.readAllLines(root.resolve("proc/self/status")).stream()
          .filter(line -> line.startsWith("CapEff:"))
          .map(line -> Long.parseUnsignedLong(line.substring(7).strip(), 16))
          .anyMatch(capabilities -> (capabilities >> SYS_ADMIN & 1) == 1);
    } catch (IOException | NumberFormatException e) {
      return false;
    }
  }

  private static Suitability no(String reason, String remedy) {
    return new Suitability(false, reason, remedy);
  }
}
