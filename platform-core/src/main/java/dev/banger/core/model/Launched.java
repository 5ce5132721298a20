package dev.banger.core.model;

/**
 * What a VMM was started with, of that which can be changed afterwards. Kept beside {@link
 * VmHandles} and, like those, never in the database.
 *
 * @param nat whether its own network, where it has one, leads outside
 */
public record Launched(int cpus, int memoryMiB, long workDiskMiB, boolean nat) {
  public static Launched of(VmSpec spec) {
    return new Launched(spec.cpus(), spec.memoryMiB(), spec.workDiskMiB(), spec.nat());
  }

  public Launched withNat(boolean next) {
    return new Launched(cpus, memoryMiB, workDiskMiB, next);
  }
}
