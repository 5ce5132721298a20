package dev.banger.core.vmm.qemu;

import java.time.Instant;

/**
 * What a probe found.
 *
 * @param key host kernel, processor, QEMU and guest kernel it was found with
 * @param cpuModel for {@code -cpu}; empty when KVM does not work
 * @param problem a phrase, for example {@code could not boot a guest within 5 s}; empty when it
 *     works
 */
record KvmVerdict(String key, boolean works, String cpuModel, String problem, Instant at) {}
