package dev.banger.core.rpc;

import dev.banger.client.Json;
import dev.banger.core.lifecycle.LiveVms;
import dev.banger.core.lifecycle.VmService;
import dev.banger.core.model.VmRecord;
import dev.banger.core.model.VmSpec;
import dev.banger.core.stats.Usage;
import dev.banger.core.stats.VmUsage;
import java.math.BigDecimal;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.OptionalLong;

/** {@code vm.stats}: what VMs use. */
public final class StatsMethods {
  private static final long MIB = 1 << 20;

  private final VmService vms;
  private final VmUsage usage;
  private final Batch batch;

  public StatsMethods(VmService vms, VmJson json, VmUsage usage) {
    this.vms = vms;
    this.usage = usage;
    this.batch = new Batch(vms, json);
  }

  public void register(Map<String, RpcMethod> methods) {
    methods.put(
        "vm.stats",
        call -> {
          boolean running = call.params().flag("running", false);
          return batch.query(
              call.params(), vm -> !running || vms.live(vm.id()).isPresent(), this::stats);
        });
  }

  /** Less of the VM than elsewhere: this is asked every few seconds, of all of them. */
  private Json stats(VmRecord vm) {
    Json.Builder who =
        Json.build()
            .put("id", vm.id().value())
            .put("name", vm.name())
            .put("state", vm.state().wireName());
    vms.live(vm.id())
        .map(LiveVms.Live::paused)
        .filter(reason -> !reason.isEmpty())
        .ifPresent(reason -> who.put("paused", reason));
    return Json.build()
        .put("vm", who.done())
        .put("stats", stats(vm.state().wireName(), vm.spec(), usage.of(vm)))
        .done();
  }

  private static Json stats(String state, VmSpec spec, Usage used) {
    return Json.build()
        .put("state", state)
        .put("cpuPercent", percent(used.cpuPercent()))
        .put("cpus", spec.cpus())
        .put("memoryMiB", spec.memoryMiB())
        .put("memoryUsedMiB", number(used.residentMiB()))
        .put("guestMemoryUsedMiB", number(used.guestMemoryMiB()))
        .put("diskMiB", spec.diskMiB())
        .put("diskUsedMiB", mib(used.diskBytes()))
        .put("workDiskMiB", spec.workDiskMiB())
        .put("workDiskUsedMiB", mib(used.workDiskBytes()))
        .put("diskReadBytes", number(used.diskReadBytes()))
        .put("diskWrittenBytes", number(used.diskWrittenBytes()))
        .put("netReceivedBytes", number(used.netReceivedBytes()))
        .put("netSentBytes", number(used.netSentBytes()))
        .put("uptimeSeconds", number(used.uptimeSeconds()))
        .done();
  }

  /** With one decimal. */
  private static Json percent(OptionalDouble percent) {
    return percent.isPresent()
        ? Json.ofDecimal(BigDecimal.valueOf(Math.round(percent.getAsDouble() * 10), 1))
        : Json.NULL;
  }

  private static Json number(OptionalLong number) {
    return number.isPresent() ? Json.of(number.getAsLong()) : Json.NULL;
  }

  /** What is not empty is not shown as nothing. */
  private static Json mib(OptionalLong bytes) {
    return bytes.isPresent() ? Json.of((bytes.getAsLong() + MIB - 1) / MIB) : Json.NULL;
  }
}
