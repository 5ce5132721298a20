package dev.banger.core.model;

/**
 * What is currently true of a running VM on this host. Never stored in the database: kept in memory
 * and in the {@code handles.json} scratch file, and rebuilt by looking at the host.
 *
 * @param pid process id of the VMM
 * @param startTicks field 22 of {@code /proc/PID/stat}: with the pid and {@code hostBootId} it
 *     identifies the process, a pid alone never does
 * @param hostBootId {@code /proc/sys/kernel/random/boot_id} when the VMM was started
 * @param driver name of the VMM driver
 * @param accel {@code kvm} or {@code tcg}
 */
public record VmHandles(
    long pid, long startTicks, String hostBootId, String driver, String accel) {}
