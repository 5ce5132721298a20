package dev.banger.core.config;

import dev.banger.core.model.VmSpec;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What is to be another in a VM; empty is as it was.
 *
 * @param workDiskMiB at least what it is
 * @param labels to be set, over those of the same key
 * @param unlabel keys of labels to be removed; one that is not there is fine
 */
public record SpecChange(
    Optional<Integer> cpus,
    Optional<Integer> memoryMiB,
    Optional<Long> workDiskMiB,
    Optional<Boolean> nat,
    Map<String, String> labels,
    Set<String> unlabel) {
  public SpecChange {
    labels = Map.copyOf(labels);
    unlabel = Set.copyOf(unlabel);
  }

  /** Whether nothing is to be changed. */
  public boolean isEmpty() {
    return cpus.isEmpty()
        && memoryMiB.isEmpty()
        && workDiskMiB.isEmpty()
        && nat.isEmpty()
        && labels.isEmpty()
        && unlabel.isEmpty();
  }

  /** Not checked; see {@link SpecRules#changed}. */
  VmSpec over(VmSpec now) {
    Map<String, String> all = new HashMap<>(now.labels());
    all.keySet().removeAll(unlabel);
    all.putAll(labels);
    return now.withSize(
            cpus.orElse(now.cpus()),
            memoryMiB.orElse(now.memoryMiB()),
            workDiskMiB.orElse(now.workDiskMiB()))
        .withNat(nat.orElse(now.nat()))
        .withLabels(all);
  }
}
