package dev.banger.core.vmm.firecracker;

import dev.banger.core.lifecycle.LaunchPlan;
import dev.banger.core.model.BangerException;
import dev.banger.core.model.ErrorKind;
import dev.banger.core.model.VmPaths;
import dev.banger.core.vmm.PlanChecks;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What is said to a fresh Firecracker so that it boots a VM, in the order in which it must be said.
 *
 * <p>A Firecracker refuses every field that it does not know, so nothing is sent that is younger
 * than {@link FirecrackerVersion#OLDEST}.
 */
final class BootRequests {
  /** The guest's address in its own vsock; it names nothing outside, the socket's path does. */
  static final int GUEST_CID = 3;

  private static final int MAX_CPUS = 32;

  /** Each device has an interrupt line of its own, of 19; some are left for others than disks. */
  private static final int MAX_DISKS = 12;

  private BootRequests() {}

  /**
   * @param kernel an uncompressed ELF file
   * @throws BangerException of kind INVALID naming the value, UNAVAILABLE when it is one that only
   *     Firecracker cannot do
   */
  static List<ApiRequest> of(LaunchPlan plan, Path kernel) {
    check(plan);
    VmPaths paths = plan.paths();
    List<ApiRequest> requests = new ArrayList<>();
    requests.add(
        ApiRequest.put(
            "/logger",
            object("log_path", text(paths.vmmLog()), "level", "Info", "show_level", true)));
    requests.add(ApiRequest.put("/metrics", object("metrics_path", text(paths.metrics()))));
    requests.add(
        ApiRequest.put(
            "/machine-config",
            object("vcpu_count", plan.cpus(), "mem_size_mib", plan.memoryMiB(), "smt", false)));
    requests.add(
        ApiRequest.put(
            "/boot-source",
            object(
                "kernel_image_path",
                text(kernel),
                "initrd_path",
                text(plan.initrd()),
                "boot_args",
                GuestArguments.of(plan.kernelArgs()))));
    plan.disks().forEach(disk -> requests.add(drive(disk)));
    requests.add(network(tap(plan)));
    requests.add(
        ApiRequest.put(
            "/vsock", object("guest_cid", GUEST_CID, "uds_path", text(paths.agentSocket()))));
    requests.add(new ApiRequest("PUT", "/entropy", Map.of()));
    requests.add(ApiRequest.action("InstanceStart"));
    return List.copyOf(requests);
  }

  /** The TAP device that the plan's card is on. */
  static LaunchPlan.TapNetwork tap(LaunchPlan plan) {
    return switch (plan.network()) {
      case LaunchPlan.TapNetwork tap -> tap;
      case LaunchPlan.UserNetwork _ ->
          throw new BangerException(
              ErrorKind.UNAVAILABLE,
              "Firecracker has no user-mode network, and vm \"%s\" is on one"
                  .formatted(plan.name()),
              "network.mode = \"bridge\", or --driver qemu");
    };
  }

  private static void check(LaunchPlan plan) {
    PlanChecks.check(plan, MAX_DISKS);
    if (plan.cpus() > MAX_CPUS) {
      throw new BangerException(
          ErrorKind.UNAVAILABLE,
          "cpus: Firecracker gives a VM at most %d, not %d".formatted(MAX_CPUS, plan.cpus()),
          "fewer CPUs, or --driver qemu");
    }
  }

  private static ApiRequest drive(LaunchPlan.Disk disk) {
    if (disk.format() != LaunchPlan.Disk.Format.RAW) {
      throw new BangerException(
          ErrorKind.UNAVAILABLE,
          "disk %s: Firecracker reads only raw disks".formatted(disk.id()),
          "--driver qemu");
    }
    String id = driveId(disk);
    // The initramfs mounts the root itself, so none of them is a root device to Firecracker, which
    // would otherwise add root= to the command line. Writeback is what lets a guest's flush reach
    // the host's disk.
    return ApiRequest.put(
        "/drives/" + id,
        object(
            "drive_id",
            id,
            "path_on_host",
            text(disk.file()),
            "is_root_device",
            false,
            "is_read_only",
            disk.readOnly(),
            "cache_type",
            disk.readOnly() ? "Unsafe" : "Writeback"));
  }

  /** Firecracker knows no dashes there, and our ids no underscores, so they stay apart. */
  private static String driveId(LaunchPlan.Disk disk) {
    return disk.id().replace('-', '_');
  }

  private static ApiRequest network(LaunchPlan.TapNetwork tap) {
    return ApiRequest.put(
        "/network-interfaces/eth0",
        object("iface_id", "eth0", "host_dev_name", tap.device(), "guest_mac", tap.mac()));
  }

  private static String text(Path path) {
    return path.toAbsolutePath().toString();
  }

  private static Map<String, Object> object(Object... membersAndValues) {
    Map<String, Object> map = new LinkedHashMap<>();
    for (int i = 0; i < membersAndValues.length; i += 2) {
      map.put((String) membersAndValues[i], membersAndValues[i + 1]);
    }
    return map;
  }
}
