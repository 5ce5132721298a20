package dev.banger.api;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.OptionalDouble;

/**
 * How a VM is used, as far as is known: commands, file transfers, connections through the daemon,
 * operations, and what plugins say ({@link UseSource}). Listing and showing VMs is no use. Kept in
 * memory: when the daemon has started, running VMs count as used then.
 *
 * @param lastUsed when it was last used, by the host's clock; the time of the answer while it is
 *     used
 * @param by what it was last used for, in a few words such as {@code exec}
 * @param unusedFor since then, not counting the time that the host was asleep; zero while it is
 *     used
 * @param inUseBy what uses it now, at most 20; empty when nothing does
 * @param cpuPercent share of one host CPU that it used on average over the time asked for, or over
 *     the shorter one that is known; 200 is two CPUs all the time; empty when it is not known
 * @param isPaused whether it stands still
 */
@Incubating
public record VmUsage(
    Instant lastUsed,
    String by,
    Duration unusedFor,
    List<String> inUseBy,
    OptionalDouble cpuPercent,
    boolean isPaused) {
  public VmUsage {
    inUseBy = List.copyOf(inUseBy);
  }

  public boolean isInUse() {
    return !inUseBy.isEmpty();
  }
}
