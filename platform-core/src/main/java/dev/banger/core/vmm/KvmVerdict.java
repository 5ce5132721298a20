package dev.banger.core.vmm;

import java.time.Instant;

/**
 * What a probe found.
 *
 * @param key host kernel, processor, VMM and guest kernel it was found with
 * @param cpuModel which of the VMM's CPU models it works with; empty when it does not, or when it
 *     has but one
 * @param problem a phrase, for example {@code could not boot a guest within 5 s}; empty when it
 *     works
 */
public record KvmVerdict(String key, boolean works, String cpuModel, String problem, Instant at) {}
