package dev.banger.core.disk;

import dev.banger.core.lifecycle.DiskProvisioner.Pressure;
import dev.banger.core.lifecycle.LaunchPlan.Disk;
import dev.banger.core.model.Image;
import dev.banger.core.model.VmId;
import dev.banger.core.model.VmPaths;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/**
 * One way to give a VM a root disk of its own over an image that is never written to. Which one a
 * VM has is told by the files in its directory. Calls for one VM come one at a time.
 */
interface RootDiskStrategy {
  /** As in the option {@code vm.root_disk}. */
  String name();

  Disk.Format format();

  /** Whether this host can do it. May try it out the first time; then costs nothing. */
  Suitability suitability();

  /** Has {@link #suitability} find out anew. */
  default void forget() {}

  /**
   * Makes the disk; on failure nothing of it is left.
   *
   * @param diskMiB at least the image's size
   */
  void create(Image image, VmPaths paths, long diskMiB, Duration deadline);

  /** Whether this VM's disk is one of these. */
  boolean owns(VmPaths paths);

  /** The disk as the VMM is to open it; the same before and after {@link #attach}. */
  Disk disk(VmPaths paths);

  /** The file that holds it, which need not be what the VMM opens. */
  default Path file(VmPaths paths) {
    return disk(paths).file();
  }

  /** See {@link dev.banger.core.lifecycle.DiskProvisioner#attach}. */
  default void attach(Image image, VmPaths paths, Duration deadline) {}

  /** See {@link dev.banger.core.lifecycle.DiskProvisioner#detach}. */
  default void detach(VmPaths paths, Duration deadline) {}

  /** See {@link dev.banger.core.lifecycle.DiskProvisioner#traces}. */
  default Set<VmId> traces(List<VmPaths> vms) {
    return Set.of();
  }

  /** See {@link dev.banger.core.lifecycle.DiskProvisioner#pressure}. */
  default Optional<Pressure> pressure(VmPaths paths) {
    return Optional.empty();
  }

  /** See {@link dev.banger.core.lifecycle.DiskProvisioner#sweep}. */
  default void sweep(Predicate<VmId> exists, Duration deadline) {}

  /**
   * @param reason one sentence: why not, or what was measured
   * @param remedy what to do about it; may be empty
   */
  record Suitability(boolean usable, String reason, String remedy) {}
}
