package dev.banger.core.config;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;

/**
 * What this host has to give. In a container: what the container may use.
 *
 * @param memoryMiB total, not what is free now: memory that other VMs do not touch is free too
 */
public record HostLimits(int cpus, long memoryMiB) {
  private static final long MIB = 1024L * 1024;

  public static HostLimits ofThisHost() {
    OperatingSystemMXBean system = ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
    return new HostLimits(
        Runtime.getRuntime().availableProcessors(), system.getTotalMemorySize() / MIB);
  }
}
