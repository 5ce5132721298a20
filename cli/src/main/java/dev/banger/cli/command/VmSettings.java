package dev.banger.cli.command;

import dev.banger.cli.base.Failure;
import dev.banger.cli.base.Options;
import dev.banger.cli.base.Parsed;
import dev.banger.cli.base.Quantities;
import dev.banger.client.Json;
import java.util.List;
import java.util.Map;

/** What {@code vm create} and {@code vm run} let one choose. */
final class VmSettings {
  private static final long MOST_CPUS = 64;

  private VmSettings() {}

  static void describe(Options options) {
    options
        .value("--image", "IMAGE", "image", "what it boots from")
        .value("--cpus", "N", "virtual CPUs, 1 to 64")
        .value("--memory", "SIZE", "for example 1GiB, 512MiB, 2g, 2048 (MiB)")
        .value("--disk", "SIZE", "root disk")
        .value("--work-disk", "SIZE", "the disk at /root, which survives restarts")
        .flag("--nat", "let the guest out to the network")
        .flag("--no-nat", "keep the guest in")
        .choice("--driver", List.of("auto", "firecracker", "qemu"), "what runs it")
        .repeat("--label", "KEY=VALUE", "a label to find it by")
        .value("--timeout", "TIME", "how long it may take until ready, for example 60s")
        .flag("--keep-failed", "keep a VM that did not start, to look into it");
  }

  /** The parameters of {@code vm.create}; what was not given is left to the daemon. */
  static Json.Builder params(Parsed parsed) {
    Json.Builder params = Json.build();
    put(params, "image", parsed.value("--image"));
    String cpus = parsed.value("--cpus");
    if (cpus != null) {
      params.put(
          "cpus",
          Quantities.count(
              cpus, "cpus", 1, MOST_CPUS, "--cpus 2, or leave it out for the default"));
    }
    size(params, parsed, "--memory", "memory", "memoryMiB", Quantities.LEAST_MEMORY_MIB, "1GiB");
    size(params, parsed, "--disk", "the root disk", "diskMiB", 1, "8GiB");
    size(params, parsed, "--work-disk", "the work disk", "workDiskMiB", 16, "4GiB");
    if (parsed.flag("--nat") && parsed.flag("--no-nat")) {
      throw Failure.usage("--nat and --no-nat exclude each other", "give one of them, or neither");
    }
    if (parsed.flag("--nat") || parsed.flag("--no-nat")) {
      params.put("nat", parsed.flag("--nat"));
    }
    put(params, "driver", parsed.value("--driver"));
    Map<String, String> labels = parsed.pairs("--label");
    if (!labels.isEmpty()) {
      params.put("labels", Json.ofMap(labels));
    }
    if (parsed.value("--timeout") != null) {
      params.put("timeoutMs", Quantities.millis(parsed.value("--timeout"), "--timeout"));
    }
    if (parsed.flag("--keep-failed")) {
      params.put("keepFailed", true);
    }
    return params;
  }

  private static void put(Json.Builder params, String name, String value) {
    if (value != null) {
      params.put(name, value);
    }
  }

  private static void size(
      Json.Builder params,
      Parsed parsed,
      String option,
      String what,
      String name,
      long least,
      String example) {
    String value = parsed.value(option);
    if (value != null) {
      params.put(name, Quantities.sizeMiB(value, what, option, least, example));
    }
  }
}
