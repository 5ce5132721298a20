package dev.banger.core.model;

import java.util.Map;

/**
 * What the user asked for, with every default filled in.
 *
 * @param cpus virtual CPUs, 1 to 64
 * @param memoryMiB memory in MiB, at least 64
 * @param diskMiB size of the root disk in MiB; at least the image's
 * @param workDiskMiB size of the work disk (mounted at {@code /root}) in MiB, at least 16
 * @param nat whether the guest may reach the outside
 * @param driver {@code auto} or the name of a VMM driver
 */
public record VmSpec(
    String name,
    String image,
    int cpus,
    int memoryMiB,
    long diskMiB,
    long workDiskMiB,
    boolean nat,
    String driver,
    Map<String, String> labels) {
  public VmSpec {
    labels = Map.copyOf(labels);
  }

  public VmSpec withSize(int nextCpus, int nextMemoryMiB, long nextWorkDiskMiB) {
    return new VmSpec(
        name, image, nextCpus, nextMemoryMiB, diskMiB, nextWorkDiskMiB, nat, driver, labels);
  }

  public VmSpec withLabels(Map<String, String> next) {
    return new VmSpec(name, image, cpus, memoryMiB, diskMiB, workDiskMiB, nat, driver, next);
  }

  public VmSpec withNat(boolean next) {
    return new VmSpec(name, image, cpus, memoryMiB, diskMiB, workDiskMiB, next, driver, labels);
  }
}
