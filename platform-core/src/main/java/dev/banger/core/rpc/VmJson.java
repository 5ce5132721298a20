package dev.banger.core.rpc;

import dev.banger.client.Json;
import dev.banger.core.lifecycle.DiskProvisioner;
import dev.banger.core.lifecycle.Extensions.Endpoint;
import dev.banger.core.lifecycle.Extensions.StepStatus;
import dev.banger.core.lifecycle.GuestLink;
import dev.banger.core.lifecycle.HostNetwork;
import dev.banger.core.lifecycle.LiveVms;
import dev.banger.core.lifecycle.VmService;
import dev.banger.core.model.Launched;
import dev.banger.core.model.VmHandles;
import dev.banger.core.model.VmPaths;
import dev.banger.core.model.VmRecord;
import java.math.BigDecimal;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** A VM as clients see it. Field names are a contract. */
public final class VmJson {
  private static final String DNS = "dns:";
  private static final Json NOTHING = Json.array(List.of());

  private final VmService vms;

  public VmJson(VmService vms) {
    this.vms = vms;
  }

  /** As in {@code vm list}. */
  public Json brief(VmRecord vm) {
    return fields(vm, vms.steps(vm), vms.endpoints(vm)).done();
  }

  /**
   * The same of many, asking for what plugins did for them once and not for each.
   *
   * @param wanted names of fields; empty for all
   */
  Json briefs(List<VmRecord> list, Set<String> wanted) {
    Map<String, List<StepStatus>> steps = vms.steps();
    Map<String, List<Endpoint>> endpoints = vms.endpoints();
    return Json.array(
        list.stream()
            .map(
                vm ->
                    only(
                        wanted,
                        fields(
                                vm,
                                steps.getOrDefault(vm.id().value(), List.of()),
                                endpoints.getOrDefault(vm.id().value(), List.of()))
                            .done()))
            .toList());
  }

  private static Json only(Set<String> wanted, Json vm) {
    if (wanted.isEmpty()) {
      return vm;
    }
    Json.Builder some = Json.build();
    for (Map.Entry<String, Json> field : vm.fields().entrySet()) {
      if (wanted.contains(field.getKey())) {
        some.put(field.getKey(), field.getValue());
      }
    }
    return some.done();
  }

  /** As in {@code vm show}. */
  public Json full(VmRecord vm) {
    VmPaths paths = vms.paths(vm);
    Json handles = vms.live(vm.id()).map(live -> handles(live.handles(), live)).orElse(Json.NULL);
    List<StepStatus> steps = vms.steps(vm);
    List<Endpoint> endpoints = vms.endpoints(vm);
    Optional<DiskProvisioner.RootDisk> root = vms.rootDisk(vm);
    return fields(vm, steps, endpoints)
        .put("handles", handles)
        .put("network", network(vm))
        .put("plugins", Json.array(steps.stream().map(VmJson::step).toList()))
        .put("endpoints", Json.array(endpoints.stream().map(VmJson::endpoint).toList()))
        .put("remarks", Json.strings(vms.remarks(vm)))
        .put("lastError", vm.lastError())
        .put("rootDisk", root.map(VmJson::rootDisk).orElse(Json.NULL))
        .put(
            "paths",
            Json.build()
                .put("dir", paths.dir().toString())
                .put(
                    "rootDisk",
                    root.map(DiskProvisioner.RootDisk::file).orElse(paths.rootDisk()).toString())
                .put("workDisk", paths.workDisk().toString())
                .put("console", paths.console().toString())
                .put("vmmLog", paths.vmmLog().toString())
                .done())
        .done();
  }

  private static Json rootDisk(DiskProvisioner.RootDisk disk) {
    return Json.build()
        .put("kind", disk.kind())
        .put("path", disk.file().toString())
        .put("usedBytes", disk.usedBytes())
        .done();
  }

  private Json network(VmRecord vm) {
    HostNetwork.Plan plan = vms.network(vm);
    return Json.build()
        .put("mode", plan.mode())
        .put("address", plan.address())
        .put("device", plan.device())
        .put("bridge", plan.bridge())
        .put("subnet", plan.subnet())
        .put("outbound", vm.spec().nat())
        .done();
  }

  private static Json step(StepStatus step) {
    return Json.build()
        .put("plugin", step.plugin())
        .put("version", step.version())
        .put("step", step.step())
        .put("phase", step.phase())
        .put("policy", step.policy())
        .put("state", step.state())
        .put("note", step.note())
        .put("reason", step.reason())
        .done();
  }

  private static Json endpoint(Endpoint endpoint) {
    return Json.build()
        .put("plugin", endpoint.plugin())
        .put("name", endpoint.name())
        .put("uri", endpoint.uri())
        .done();
  }

  Json health(GuestLink.Hello hello, GuestLink.Health health) {
    return Json.build()
        .put("kernel", hello.kernel())
        .put("bootId", hello.bootId())
        .put("agentVersion", hello.agentVersion())
        .put("uptimeSeconds", health.uptime().toSeconds())
        .put("load1", Json.ofDecimal(BigDecimal.valueOf(Math.round(health.load1() * 100), 2)))
        .put("memoryTotalMiB", health.memoryTotalMiB())
        .put("memoryAvailableMiB", health.memoryAvailableMiB())
        .put("initDone", health.initDone())
        .done();
  }

  private static Json handles(VmHandles handles, LiveVms.Live live) {
    Json.Builder json =
        Json.build()
            .put("pid", handles.pid())
            .put("driver", handles.driver())
            .put("accel", handles.accel())
            .put("agentConnected", live.openLink().isPresent());
    live.openLink().ifPresent(link -> json.put("guestBootId", link.hello().bootId()));
    return json.done();
  }

  /** By the first endpoint that is a name, as RFC 4501 writes one: {@code dns:web.vm}. */
  private static String dnsName(List<Endpoint> endpoints) {
    return endpoints.stream()
        .map(Endpoint::uri)
        .filter(uri -> uri.startsWith(DNS))
        .map(uri -> uri.substring(DNS.length()))
        .findFirst()
        .orElse("");
  }

  /** What the next start changes. */
  private static Json pending(Launched now, Launched wanted) {
    Json.Builder pending = Json.build();
    if (now.cpus() != wanted.cpus()) {
      pending.put("cpus", wanted.cpus());
    }
    if (now.memoryMiB() != wanted.memoryMiB()) {
      pending.put("memoryMiB", wanted.memoryMiB());
    }
    if (now.workDiskMiB() != wanted.workDiskMiB()) {
      pending.put("workDiskMiB", wanted.workDiskMiB());
    }
    if (now.nat() != wanted.nat()) {
      pending.put("nat", wanted.nat());
    }
    return pending.done();
  }

  private static Json degraded(List<StepStatus> steps, Optional<LiveVms.Live> live) {
    if (steps.isEmpty() && live.isEmpty()) {
      return NOTHING;
    }
    return Json.strings(
        Stream.concat(
                steps.stream().filter(StepStatus::isDegraded).map(StepStatus::sentence),
                live.stream()
                    .flatMap(one -> Stream.of(one.diskRemark(), one.growthRemark()))
                    .filter(remark -> !remark.isEmpty()))
            .toList());
  }

  private Json.Builder fields(VmRecord vm, List<StepStatus> steps, List<Endpoint> endpoints) {
    Optional<LiveVms.Live> live = vms.live(vm.id());
    Optional<VmHandles> handles = live.map(LiveVms.Live::handles);
    Launched wanted = Launched.of(vm.spec());
    Launched now = vms.launched(vm).orElse(wanted);
    Json.Builder json =
        Json.build()
            .put("id", vm.id().value())
            .put("name", vm.name())
            .put("state", vm.state().wireName())
            .put("image", vm.spec().image())
            .put("cpus", now.cpus())
            .put("memoryMiB", now.memoryMiB())
            .put("diskMiB", vm.spec().diskMiB())
            .put("workDiskMiB", now.workDiskMiB())
            .put("nat", now.nat())
            .put("pending", pending(now, wanted))
            .put("driver", handles.map(VmHandles::driver).orElse(vm.spec().driver()))
            .put("accel", handles.map(VmHandles::accel).map(Json::of).orElse(Json.NULL))
            .put("ip", vms.network(vm).address())
            .put("dnsName", dnsName(endpoints))
            .put("createdAt", vm.createdAt().truncatedTo(ChronoUnit.MILLIS).toString())
            .put(
                "startedAt",
                handles
                    .flatMap(_ -> vm.startedAt())
                    .map(at -> Json.of(at.truncatedTo(ChronoUnit.MILLIS).toString()))
                    .orElse(Json.NULL))
            .put("degraded", degraded(steps, live))
            .put("labels", Json.ofMap(vm.spec().labels()));
    live.map(LiveVms.Live::paused)
        .filter(reason -> !reason.isEmpty())
        .ifPresent(reason -> json.put("paused", reason));
    if (!vm.state().reason().isEmpty()) {
      json.put("reason", vm.state().reason());
    }
    return json;
  }
}
