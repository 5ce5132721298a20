package dev.banger.core.rpc;

import dev.banger.client.Json;
import dev.banger.core.lifecycle.GuestLink;
import dev.banger.core.lifecycle.Operation;
import dev.banger.core.lifecycle.VmOutcome;
import dev.banger.core.lifecycle.VmService;
import dev.banger.core.model.BangerException;
import dev.banger.core.model.ErrorKind;
import dev.banger.core.model.VmRecord;
import dev.banger.core.model.VmState;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionException;

/** The {@code vm.*} methods that are not byte streams. */
public final class VmMethods {
  private static final Duration WAIT_DEFAULT = Duration.ofSeconds(60);
  private static final Duration POLL = Duration.ofMillis(100);
  private static final Duration HEALTH_LIMIT = Duration.ofSeconds(10);

  private final VmService vms;
  private final VmJson json;
  private final Batch batch;
  private final SpecSource specs;

  public VmMethods(VmService vms, VmJson json, SpecSource specs) {
    this.vms = vms;
    this.json = json;
    this.batch = new Batch(vms, json);
    this.specs = specs;
  }

  public void register(Map<String, RpcMethod> methods) {
    methods.put("vm.create", this::create);
    methods.put("vm.list", this::list);
    methods.put("vm.wait", this::await);
    methods.put(
        "vm.show",
        call -> batch.query(call.params(), vm -> Json.build().put("vm", json.full(vm)).done()));
    methods.put("vm.health", call -> batch.query(call.params(), this::health));
    methods.put(
        "vm.start",
        call -> batch.operate(call, vm -> vms.start(vm, call.params().millis("timeoutMs"))));
    methods.put(
        "vm.stop",
        call -> {
          Optional<Duration> grace = call.params().millis("timeoutMs");
          boolean force = call.params().flag("force", false);
          return batch.operate(call, vm -> vms.stop(vm, grace, force));
        });
    methods.put(
        "vm.restart",
        call -> {
          Optional<Duration> grace = call.params().millis("timeoutMs");
          return batch.operate(call, vm -> vms.restart(vm, grace));
        });
    methods.put("vm.kill", call -> batch.operate(call, vm -> vms.stop(vm, Optional.empty(), true)));
    methods.put("vm.delete", call -> batch.operate(call, vms::delete));
    methods.put("vm.pause", call -> batch.operate(call, vms::pause));
    methods.put("vm.resume", call -> batch.operate(call, vms::resume));
    methods.put("vm.repair", call -> batch.operate(call, vms::repair));
    methods.put(
        "vm.set",
        call -> {
          boolean nat =
              call.params()
                  .optionalFlag("nat")
                  .orElseThrow(
                      () ->
                          new BangerException(
                              ErrorKind.INVALID, "nothing to set", "one of: --nat, --no-nat"));
          return batch.operate(call, vm -> vms.set(vm, nat));
        });
    GuestStreams streams = new GuestStreams(vms);
    methods.put("vm.exec", streams::exec);
    methods.put("vm.logs", streams::logs);
    methods.put("vm.proxy", streams::proxy);
    methods.put("vm.files.put", streams::put);
    methods.put("vm.files.get", streams::get);
    methods.put("vm.files.stat", streams::stat);
  }

  private Json create(RpcCall call) throws InterruptedException {
    Operation operation = vms.create(specs.request(call.params()));
    if (call.params().flag("detach", false)) {
      return Json.build().put("op", operation.id()).done();
    }
    new StageFeed(call).follow(List.of(operation));
    return json.brief(((VmOutcome) joined(operation)).vm());
  }

  /** The result of an ended operation. */
  static Object joined(Operation operation) {
    try {
      return operation.result().join();
    } catch (CompletionException e) {
      if (e.getCause() instanceof BangerException known) {
        throw known;
      }
      throw e;
    }
  }

  private Json list(RpcCall call) {
    Map<String, String> labels = call.params().map("labels");
    return json.briefs(
        vms.list().stream()
            .filter(vm -> vm.spec().labels().entrySet().containsAll(labels.entrySet()))
            .sorted(Comparator.comparing(VmRecord::createdAt).thenComparing(VmRecord::name))
            .toList(),
        Set.copyOf(call.params().texts("fields")));
  }

  private Json health(VmRecord vm) throws InterruptedException {
    GuestLink link = vms.link(vm, HEALTH_LIMIT);
    return Json.build()
        .put("vm", json.brief(vm))
        .put("health", json.health(link.hello(), link.health(HEALTH_LIMIT)))
        .done();
  }

  private Json await(RpcCall call) throws InterruptedException {
    String wanted = call.params().text("for");
    if (!List.of("running", "ready", "stopped").contains(wanted)) {
      throw new BangerException(
          ErrorKind.INVALID,
          "cannot wait for \"%s\"".formatted(wanted),
          "one of: running, ready, stopped");
    }
    Duration atMost = call.params().millis("timeoutMs").orElse(WAIT_DEFAULT);
    long end = System.nanoTime() + atMost.toNanos();
    VmRecord first = vms.resolve(call.params().text("ref"));
    while (true) {
      VmRecord vm =
          vms.list().stream()
              .filter(now -> now.id().equals(first.id()))
              .findFirst()
              .orElseThrow(
                  () ->
                      new BangerException(
                          ErrorKind.NOT_FOUND,
                          "vm \"%s\" was deleted meanwhile".formatted(first.name())));
      if (reached(vm, wanted)) {
        return json.brief(vm);
      }
      if (System.nanoTime() > end) {
        throw new BangerException(
            ErrorKind.TIMEOUT,
            "vm \"%s\" is %s, not %s, after %d s"
                .formatted(vm.name(), vm.state().wireName(), wanted, atMost.toSeconds()),
            "banger vm show " + vm.name());
      }
      Thread.sleep(POLL);
    }
  }

  private boolean reached(VmRecord vm, String wanted) throws InterruptedException {
    return switch (wanted) {
      case "stopped" ->
          vm.state() instanceof VmState.Stopped || vm.state() instanceof VmState.Failed;
      case "running" -> vm.state() instanceof VmState.Running;
      default -> vm.state() instanceof VmState.Running && initDone(vm);
    };
  }

  private boolean initDone(VmRecord vm) throws InterruptedException {
    try {
      return vms.link(vm, HEALTH_LIMIT).health(HEALTH_LIMIT).initDone();
    } catch (BangerException e) {
      // A guest that is rebooting or whose agent restarts is not ready, which is no error yet.
      return false;
    }
  }
}
