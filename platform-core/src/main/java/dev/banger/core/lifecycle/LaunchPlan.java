package dev.banger.core.lifecycle;

import dev.banger.core.model.VmPaths;
import java.nio.file.Path;
import java.util.List;

/**
 * Everything a VMM driver needs to boot one VM; nothing else is looked up later.
 *
 * @param initrd initramfs, with the VM's early files appended
 * @param kernelArgs arguments of banger's own, each without spaces; the driver adds what its
 *     machine needs (console, clock)
 * @param disks in the order in which the guest sees them: {@code /dev/vda}, {@code /dev/vdb}, ...
 */
public record LaunchPlan(
    String name,
    VmPaths paths,
    int cpus,
    int memoryMiB,
    Path kernel,
    Path initrd,
    List<String> kernelArgs,
    List<Disk> disks,
    UserNetwork network) {

  public LaunchPlan {
    kernelArgs = List.copyOf(kernelArgs);
    disks = List.copyOf(disks);
  }

  /** One virtio block device. The format is always stated, never probed. */
  public record Disk(String id, Path file, Format format, boolean readOnly) {
    public enum Format {
      RAW,
      QCOW2
    }
  }

  /**
   * User-mode networking: no privileges, the guest is 10.0.2.15 behind the VMM.
   *
   * @param mac for example {@code 06:00:7f:4d:00:05}
   * @param hostAddress the VM's loopback address, where guest ports are forwarded
   * @param outbound whether the guest may reach the outside
   */
  public record UserNetwork(
      String mac, String hostAddress, boolean outbound, List<PortForward> forwards) {
    public UserNetwork {
      forwards = List.copyOf(forwards);
    }
  }

  /** TCP connections to {@code hostAddress:hostPort} reach {@code guestPort} in the guest. */
  public record PortForward(int hostPort, int guestPort) {}
}
