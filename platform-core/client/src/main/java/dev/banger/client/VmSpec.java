package dev.banger.client;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What a VM is to be. What is not said is as the daemon's configuration has it.
 *
 * @param name 1 to 40 of a-z, 0-9 and -; empty for one that is made up
 * @param image the name of an image; empty for the default
 * @param cpus virtual CPUs, 1 to 64 and at most 8 for each of the host's; 0 for the default
 * @param memoryMiB in MiB, from 64 to what the host has; 0 for the default
 * @param workDiskMiB in MiB; 0 for the default
 * @param outbound whether the guest may open connections to the outside
 * @param labels at most 32
 */
public record VmSpec(
    String name,
    String image,
    int cpus,
    int memoryMiB,
    long workDiskMiB,
    boolean outbound,
    Map<String, String> labels) {
  public VmSpec {
    labels = Map.copyOf(labels);
  }

  /** With everything else as it is when nothing is said. */
  public static VmSpec named(String name) {
    return new VmSpec(name, "", 0, 0, 0, true, Map.of());
  }

  public VmSpec from(String otherImage) {
    return new VmSpec(name, otherImage, cpus, memoryMiB, workDiskMiB, outbound, labels);
  }

  public VmSpec withCpus(int count) {
    return new VmSpec(name, image, count, memoryMiB, workDiskMiB, outbound, labels);
  }

  public VmSpec withMemoryMiB(int amount) {
    return new VmSpec(name, image, cpus, amount, workDiskMiB, outbound, labels);
  }

  public VmSpec withWorkDiskMiB(long amount) {
    return new VmSpec(name, image, cpus, memoryMiB, amount, outbound, labels);
  }

  public VmSpec withoutOutbound() {
    return new VmSpec(name, image, cpus, memoryMiB, workDiskMiB, false, labels);
  }

  public VmSpec labelled(String key, String value) {
    Map<String, String> more = new LinkedHashMap<>(labels);
    more.put(key, value);
    return new VmSpec(name, image, cpus, memoryMiB, workDiskMiB, outbound, more);
  }

  Json params() {
    Json.Builder params = Json.build().put("nat", outbound);
    if (!name.isEmpty()) {
      params.put("name", name);
    }
    if (!image.isEmpty()) {
      params.put("image", image);
    }
    if (cpus != 0) {
      params.put("cpus", cpus);
    }
    if (memoryMiB != 0) {
      params.put("memoryMiB", memoryMiB);
    }
    if (workDiskMiB != 0) {
      params.put("workDiskMiB", workDiskMiB);
    }
    return labels.isEmpty() ? params.done() : params.put("labels", Json.ofMap(labels)).done();
  }
}
