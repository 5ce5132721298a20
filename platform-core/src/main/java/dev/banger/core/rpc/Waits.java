package dev.banger.core.rpc;

import dev.banger.client.Json;
import dev.banger.core.lifecycle.VmService;
import dev.banger.core.model.BangerException;
import dev.banger.core.model.ErrorKind;
import dev.banger.core.model.VmRecord;
import dev.banger.core.model.VmState;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** {@code vm.wait}: of one VM by {@code ref}, of several as a batch. */
final class Waits {
  private static final Duration DEFAULT = Duration.ofSeconds(60);
  private static final Duration POLL = Duration.ofMillis(100);
  private static final Duration HEALTH_LIMIT = Duration.ofSeconds(10);
  private static final List<String> GOALS = List.of("running", "ready", "stopped", "deleted");

  private final VmService vms;
  private final VmJson json;
  private final Batch batch;

  Waits(VmService vms, VmJson json, Batch batch) {
    this.vms = vms;
    this.json = json;
    this.batch = batch;
  }

  Json await(RpcCall call) throws InterruptedException {
    Params params = call.params();
    String wanted = params.text("for");
    if (!GOALS.contains(wanted)) {
      throw new BangerException(
          ErrorKind.INVALID,
          "cannot wait for \"%s\"".formatted(wanted),
          "one of: " + String.join(", ", GOALS));
    }
    Duration atMost = params.millis("timeoutMs").orElse(DEFAULT);
    long end = System.nanoTime() + atMost.toNanos();
    boolean isDeleted = wanted.equals("deleted");
    Optional<String> ref = params.optionalText("ref");
    if (ref.isEmpty()) {
      return batch.slowQuery(
          call,
          vm -> Json.build().put("vm", until(vm, wanted, end, atMost)).done(),
          unknown -> isDeleted ? Json.build().put("vm", gone(unknown, "")).done() : null);
    }
    VmRecord vm;
    try {
      vm = vms.resolve(ref.get());
    } catch (BangerException e) {
      if (isDeleted && e.kind() == ErrorKind.NOT_FOUND) {
        return gone(ref.get(), "");
      }
      throw e;
    }
    return until(vm, wanted, end, atMost);
  }

  private static Json gone(String name, String id) {
    return Json.build().put("id", id).put("name", name).put("state", "deleted").done();
  }

  private Json until(VmRecord first, String wanted, long end, Duration atMost)
      throws InterruptedException {
    boolean isDeleted = wanted.equals("deleted");
    while (true) {
      Optional<VmRecord> now = vms.find(first.id());
      if (now.isEmpty() && isDeleted) {
        return gone(first.name(), first.id().value());
      }
      VmRecord vm =
          now.orElseThrow(
              () ->
                  new BangerException(
                      ErrorKind.NOT_FOUND,
                      "vm \"%s\" was deleted meanwhile".formatted(first.name())));
      if (!isDeleted && reached(vm, wanted)) {
        return json.brief(vm);
      }
      if (System.nanoTime() > end) {
        throw new BangerException(
            ErrorKind.TIMEOUT,
            "vm \"%s\" is %s, not %s, after %s"
                .formatted(vm.name(), vm.state().wireName(), wanted, seconds(atMost)),
            "banger vm show " + vm.name());
      }
      Thread.sleep(POLL);
    }
  }

  private static String seconds(Duration duration) {
    return duration.toMillis() < 1000 ? duration.toMillis() + " ms" : duration.toSeconds() + " s";
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
