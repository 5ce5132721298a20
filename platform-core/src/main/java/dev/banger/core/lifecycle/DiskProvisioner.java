package dev.banger.core.lifecycle;

import dev.banger.core.model.Image;
import dev.banger.core.model.VmPaths;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** Makes and describes the disks of a VM. Never mounts or parses a file system a guest wrote. */
public interface DiskProvisioner {
  /** Makes a root disk over the image's root file system, {@code diskMiB} large. */
  void createRootDisk(Image image, VmPaths paths, long diskMiB, Duration deadline);

  /** Makes an empty ext4 work disk; the guest mounts it at {@code /root}. */
  void createWorkDisk(VmPaths paths, long workDiskMiB, Duration deadline);

  /**
   * Writes {@link VmPaths#initrd()}: the image's initramfs with {@code earlyFiles} appended. They
   * are laid over the root file system before its init starts, at every boot.
   */
  void writeInitrd(Image image, VmPaths paths, List<EarlyFile> earlyFiles);

  /** Disks of a launch, in order: root, work, agent. */
  List<LaunchPlan.Disk> disks(VmPaths paths);

  /** The read-only disk with the guest agent, shared by all VMs. */
  Path agentDisk();

  /**
   * A file or directory for the guest, owned by root.
   *
   * @param path absolute path in the guest
   * @param mode permission bits, for example 0600
   * @param content the bytes; null for a directory
   */
  record EarlyFile(String path, int mode, byte[] content) {
    public static EarlyFile directory(String path, int mode) {
      return new EarlyFile(path, mode, null);
    }

    public boolean isDirectory() {
      return content == null;
    }
  }
}
