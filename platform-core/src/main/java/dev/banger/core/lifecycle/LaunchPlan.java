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
    Network network) {

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

  /** The guest's one network card, and what is behind it. */
  public sealed interface Network {
    /** For example {@code 06:00:7f:4d:00:05}. */
    String mac();
  }

  /**
   * User-mode networking: no privileges, the guest is 10.0.2.15 behind the VMM.
   *
   * @param hostAddress the VM's loopback address, where guest ports are forwarded
   * @param outbound whether the guest may reach the outside
   */
  public record UserNetwork(
      String mac, String hostAddress, boolean outbound, List<PortForward> forwards)
      implements Network {
    public UserNetwork {
      forwards = List.copyOf(forwards);
    }
  }

  /**
   * A TAP device of the host, which exists and which the VMM's user may open.
   *
   * @param device its name, at most 15 characters
   */
  public record TapNetwork(String mac, String device) implements Network {}

  /** TCP connections to {@code hostAddress:hostPort} reach {@code guestPort} in the guest. */
  public record PortForward(int hostPort, int guestPort) {}
}
