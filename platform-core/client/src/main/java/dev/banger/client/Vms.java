package dev.banger.client;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * The usual life of VMs. A {@code ref} is a name, an id or a unique prefix of an id; one that means
 * no VM fails with kind {@code notFound}, one that means several with {@code ambiguous}. Any thread
 * may call.
 */
public final class Vms {
  private final Banger banger;

  Vms(Banger banger) {
    this.banger = banger;
  }

  /** {@link #create(VmSpec, Consumer)} that tells nobody how it goes. */
  public Vm create(VmSpec spec) {
    return create(spec, stage -> {});
  }

  /**
   * Makes a VM, starts it and returns when its guest is ready: seconds with KVM, more without. What
   * was made is taken back when it fails.
   *
   * @param stages called on this thread for each step that begins or ends
   * @throws RpcException of kind {@code invalid} for what a VM cannot be, {@code conflict} when the
   *     name is taken, {@code notFound} without the image, {@code timeout} when the guest is not
   *     ready in time, {@code guest}, {@code host} or {@code unavailable} for what else keeps it
   *     from starting
   */
  public Vm create(VmSpec spec, Consumer<Stage> stages) {
    return Vm.of(banger.call("vm.create", spec.params(), heard(stages)));
  }

  /** All VMs. */
  public List<Vm> list() {
    return list(Map.of());
  }

  /** Those that have all of these labels. */
  public List<Vm> list(Map<String, String> labels) {
    Json params = Json.build().put("labels", Json.ofMap(labels)).done();
    List<Vm> vms = new ArrayList<>();
    for (Json each : banger.call("vm.list", params, Notifications.IGNORED).elements()) {
      vms.add(Vm.of(each));
    }
    return List.copyOf(vms);
  }

  /** One VM, with all that {@code vm.show} tells in {@link Vm#all}. */
  public Vm show(String ref) {
    return one("vm.show", Json.build(), ref, stage -> {});
  }

  /**
   * Starts a VM and returns when its guest is ready; one that runs already is left as it is.
   *
   * @throws RpcException as {@link #create(VmSpec, Consumer)}
   */
  public Vm start(String ref) {
    return one("vm.start", Json.build(), ref, stage -> {});
  }

  /**
   * Asks the guest to shut down, and cuts it off when it has not by then.
   *
   * @param grace at least 1 ms
   */
  public Vm stop(String ref, Duration grace) {
    Json.Builder params = Json.build().put("timeoutMs", grace.toMillis()).put("force", true);
    return one("vm.stop", params, ref, stage -> {});
  }

  /** Deletes a VM and its disks; one that runs is stopped first. */
  public void delete(String ref) {
    var _ = one("vm.delete", Json.build(), ref, stage -> {});
  }

  /**
   * Runs a command in a guest, without input, and waits for its end; up to 1 MiB of each output is
   * kept.
   *
   * @see #exec(String, List, Duration, int)
   */
  public ExecResult exec(String ref, String... command) {
    return exec(ref, List.of(command), Duration.ofDays(1), ExecResult.DEFAULT_KEPT);
  }

  /**
   * Runs a command in a guest, without input, and waits for its end. A command that fails is no
   * error here: its exit code tells.
   *
   * @param command the program and its arguments; no shell reads them
   * @param deadline from now; a command that runs longer is hung up
   * @param kept how many bytes of each output are kept, the first ones; 0 or more
   * @throws RpcException of kind {@code notFound} when the guest has no such program, {@code guest}
   *     when it cannot be executed, {@code illegalState} when the VM does not run, {@code timeout}
   *     when the deadline has passed
   */
  public ExecResult exec(String ref, List<String> command, Duration deadline, int kept) {
    Json params =
        Json.build()
            .put("ref", ref)
            .put("command", Json.strings(command))
            .put("stdin", false)
            .done();
    try (BangerClient client = banger.open()) {
      Watchdog watchdog = new Watchdog(client, deadline);
      try {
        return ExecResult.of(client.stream("vm.exec", params, Notifications.IGNORED), kept);
      } catch (RpcException e) {
        if (!watchdog.hasBitten()) {
          throw e;
        }
        throw new RpcException(
            "timeout",
            "the command in " + ref + " did not end within " + deadline.toMillis() + " ms",
            "");
      } finally {
        watchdog.close();
      }
    }
  }

  private Vm one(String method, Json.Builder params, String ref, Consumer<Stage> stages) {
    Json request = params.put("refs", Json.strings(List.of(ref))).done();
    List<Json> results = banger.call(method, request, heard(stages)).get("results").elements();
    if (results.size() != 1) {
      throw new RpcException("internal", method + " answered for " + results.size() + " VMs", "");
    }
    Json result = results.getFirst();
    if (!result.get("ok").truth(false)) {
      Json error = result.get("error");
      throw new RpcException(
          error.text("kind"),
          error.text("message"),
          error.text("hint"),
          error.get("details").texts());
    }
    return Vm.of(result.get("vm"));
  }

  private static Notifications heard(Consumer<Stage> stages) {
    return (method, params) -> {
      if (method.equals("stage")) {
        stages.accept(Stage.of(params));
      }
    };
  }
}
