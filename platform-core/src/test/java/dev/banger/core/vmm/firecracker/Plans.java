package dev.banger.core.vmm.firecracker;

import dev.banger.core.lifecycle.LaunchPlan;
import dev.banger.core.lifecycle.LaunchPlan.Disk;
import dev.banger.core.model.VmId;
import dev.banger.core.model.VmPaths;
import java.nio.file.Path;
import java.util.List;

/** Launch plans to begin with. */
final class Plans {
  static final VmId ID = new VmId("0123456789ab");
  static final VmPaths PATHS = new VmPaths(ID, Path.of("/data/vm"), Path.of("/run/vm"));
  static final LaunchPlan.TapNetwork TAP = new LaunchPlan.TapNetwork("06:00:7f:4d:00:05", "tap0");

  private Plans() {}

  static LaunchPlan plan() {
    return of(1, List.of(raw("root")), TAP, List.of());
  }

  static LaunchPlan of(
      int cpus, List<Disk> disks, LaunchPlan.Network network, List<String> arguments) {
    return of(PATHS, cpus, disks, network, arguments);
  }

  static LaunchPlan of(
      VmPaths paths,
      int cpus,
      List<Disk> disks,
      LaunchPlan.Network network,
      List<String> arguments) {
    return new LaunchPlan(
        "box",
        paths,
        cpus,
        512,
        Path.of("/images/vmlinuz"),
        Path.of("/data/vm/initrd.img"),
        arguments,
        disks,
        network);
  }

  static Disk raw(String id) {
    return new Disk(id, Path.of("/data/vm/" + id + ".img"), Disk.Format.RAW, false);
  }
}
