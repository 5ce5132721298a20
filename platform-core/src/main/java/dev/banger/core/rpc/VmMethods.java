package dev.banger.core.rpc;

import dev.banger.client.Json;
import dev.banger.core.lifecycle.GuestLink;
import dev.banger.core.lifecycle.Operation;
import dev.banger.core.lifecycle.VmOutcome;
import dev.banger.core.lifecycle.VmService;
import dev.banger.core.model.BangerException;
import dev.banger.core.model.VmRecord;
import dev.banger.core.model.VmSpec;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionException;
import java.util.function.UnaryOperator;

/** The {@code vm.*} methods that are not byte streams. */
public final class VmMethods {
  private static final System.Logger LOG = System.getLogger(VmMethods.class.getName());
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
    methods.put("vm.keep", this::keep);
    methods.put("vm.list", this::list);
    methods.put("vm.wait", new Waits(vms, json, batch)::await);
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
        "vm.touch",
        call ->
            batch.query(
                call.params(),
                vm -> {
                  vms.touch(vm);
                  return Json.build()
                      .put("vm", json.brief(vm))
                      .put("elapsedMs", 0)
                      .put("note", "")
                      .done();
                }));
    methods.put(
        "vm.set",
        call -> {
          UnaryOperator<VmSpec> change = specs.change(call.params());
          return batch.operate(call, vm -> vms.set(vm, change));
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
    boolean isLeased = call.params().flag("lease", false);
    boolean isDetached = call.params().flag("detach", false);
    if (isLeased && isDetached) {
      throw Params.wrong("lease", "is for a client that stays: not with detach");
    }
    Operation operation = vms.create(specs.request(call.params()));
    if (isDetached) {
      return Json.build().put("op", operation.id()).done();
    }
    Runnable forget = isLeased ? call.onHangup(() -> takeBack(operation)) : () -> {};
    try {
      new StageFeed(call).follow(List.of(operation));
    } finally {
      forget.run();
    }
    VmRecord vm = ((VmOutcome) joined(operation)).vm();
    if (isLeased) {
      call.lease(vm.id().value(), () -> vms.delete(vm));
    }
    return json.brief(vm);
  }

  private static void takeBack(Operation operation) {
    try {
      operation.cancel();
    } catch (BangerException e) {
      LOG.log(System.Logger.Level.DEBUG, "op={0} ended meanwhile", operation.id());
    }
  }

  /** Ends the lease that this connection has on a VM: it stays. */
  private Json keep(RpcCall call) {
    VmRecord vm = vms.resolve(call.params().text("ref"));
    boolean wasLeased = call.endLease(vm.id().value());
    return Json.build().put("id", vm.id().value()).put("wasLeased", wasLeased).done();
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
    ListFilter filter = ListFilter.of(call.params());
    return json.briefs(
        vms.list().stream()
            .filter(filter::accepts)
            .sorted(Comparator.comparing(VmRecord::name))
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
}
