package dev.banger.core.lifecycle;

import dev.banger.core.model.Image;
import dev.banger.core.model.VmId;
import dev.banger.core.model.VmPaths;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/** Makes and describes the disks of a VM. Never mounts or parses a file system a guest wrote. */
public interface DiskProvisioner {
  /**
   * Makes a root disk over the image's root file system, {@code diskMiB} large, in the best way
   * that this host allows.
   *
   * @param formats what the VM's driver can read
   */
  void createRootDisk(
      Image image,
      VmPaths paths,
      long diskMiB,
      Set<LaunchPlan.Disk.Format> formats,
      Duration deadline);

  /**
   * What new root disks are in, whichever driver reads them; empty while that depends on the
   * driver.
   *
   * @throws dev.banger.core.model.BangerException of kind UNAVAILABLE when a kind is configured
   *     that cannot be made on this host
   */
  default Optional<LaunchPlan.Disk.Format> wantedRootFormat() {
    return Optional.empty();
  }

  /** Of the root disk that is there; empty when there is none. */
  Optional<LaunchPlan.Disk.Format> rootFormat(VmPaths paths);

  /** The root disk that is there, for people; empty when there is none. */
  default Optional<RootDisk> rootDisk(VmPaths paths) {
    return Optional.empty();
  }

  /**
   * Makes on the host what the disks need beside their files, for example devices. May be repeated,
   * and takes up what an earlier daemon left. Whoever calls it sees to it that {@link #detach} is
   * called, whether it succeeds or not.
   */
  void attach(Image image, VmPaths paths, Duration deadline);

  /**
   * Gives back what {@link #attach} made, of a VM whose VMM is dead. Succeeds, and costs next to
   * nothing, when there is nothing.
   */
  void detach(VmPaths paths, Duration deadline);

  /**
   * Of these VMs, those of which something that {@link #attach} made may be left: one look at the
   * host for all of them. Naming one too many costs a closer look at it, one too few leaves
   * something behind.
   */
  default Set<VmId> traces(List<VmPaths> vms) {
    return vms.stream().map(VmPaths::id).collect(Collectors.toSet());
  }

  /** How full a disk is whose owner cannot see that it is; empty when there is no such disk. */
  Optional<Pressure> pressure(VmPaths paths);

  /** Removes what is provably ours and belongs to no VM. */
  void sweep(Predicate<VmId> exists, Duration deadline);

  /** Makes an empty ext4 work disk; the guest mounts it at {@code /root}. */
  void createWorkDisk(VmPaths paths, long workDiskMiB, Duration deadline);

  /**
   * Refuses a work disk of that size when the file system that it lies on has no files so large.
   * Changes nothing.
   *
   * @throws dev.banger.core.model.BangerException of kind HOST
   */
  void checkWorkDisk(VmPaths paths, long workDiskMiB);

  /**
   * Enlarges the work disk's file to {@code workDiskMiB}, and notes first that the guest has to
   * grow the file system on it. Never shrinks; does nothing when it is as large already, or not
   * there. Only while no VMM has it.
   */
  void growWorkDisk(VmPaths paths, long workDiskMiB);

  /** Present while the guest has yet to grow the file system; why it could not, once it tried. */
  Optional<String> workDiskGrowth(VmPaths paths);

  /** Notes that it has. */
  void workDiskGrown(VmPaths paths);

  /** Notes that it could not; it is asked again at the next start. */
  void workDiskNotGrown(VmPaths paths, String why);

  /**
   * Writes {@link VmPaths#initrd()}: the image's initramfs with {@code earlyFiles} appended. They
   * are laid over the root file system before its init starts, at every boot.
   */
  void writeInitrd(Image image, VmPaths paths, List<EarlyFile> earlyFiles);

  /** Disks of a launch, in order: root, work, agent. Says the same before and after attaching. */
  List<LaunchPlan.Disk> disks(VmPaths paths);

  /** The read-only disk with the guest agent, shared by all VMs. */
  Path agentDisk();

  /**
   * @param kind as in the option {@code vm.root_disk}
   * @param file what holds it
   * @param usedBytes what that takes on the host, blocks shared with the image included
   */
  record RootDisk(String kind, Path file, long usedBytes) {}

  /**
   * @param percent of its room on the host that the guest has used up, 0 to 100
   * @param lost whether it ran over, and with it the guest's data is gone for good
   * @param hint what to do; may be empty
   */
  record Pressure(int percent, boolean lost, String hint) {}

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
