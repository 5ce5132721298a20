package dev.banger.cli.command;

import dev.banger.cli.base.Command;
import dev.banger.cli.base.Failure;
import dev.banger.cli.base.Invocation;
import dev.banger.cli.base.LiveTable;
import dev.banger.cli.base.Operations;
import dev.banger.cli.base.Options;
import dev.banger.cli.base.Quantities;
import dev.banger.cli.base.Stages;
import dev.banger.client.BangerClient;
import dev.banger.client.ByteStream;
import dev.banger.client.Json;
import dev.banger.client.Notifications;
import dev.banger.client.RpcException;
import dev.banger.protocol.ByteFrame;
import dev.banger.protocol.ByteFrames;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/** {@code banger vm wait}. */
public final class VmWait implements Command {
  private static final List<String> STATES = List.of("running", "ready", "stopped", "deleted");
  private static final long DEFAULT_MILLIS = 60_000;
  private static final long PORT_PAUSE_MILLIS = 250;

  /** How long a connection to a port must last to count: a refusal comes at once. */
  private static final long PORT_PROOF_MILLIS = 300;

  @Override
  public void describe(Options options) {
    Batch.describe(options);
    options
        .summary("wait until VMs are in a state, or listen on a port")
        .description(
            "With -o json: the VM for one REF, an array otherwise. Exit code 1 when the time is over for any.")
        .value("--for", "STATE", "running, ready, stopped, deleted or port:N (default ready)")
        .value("--timeout", "TIME", "how long at most (default 60s)")
        .example("banger vm wait brisk-otter --for ready")
        .example("banger vm wait web db --for stopped")
        .example("banger vm wait brisk-otter --for port:3000 --timeout 2m");
  }

  @Override
  public int run(Invocation call) throws IOException, InterruptedException {
    String goal = call.parsed().value("--for") == null ? "ready" : call.parsed().value("--for");
    String timeout = call.parsed().value("--timeout");
    long millis = timeout == null ? DEFAULT_MILLIS : Quantities.millis(timeout, "--timeout");
    long port = 0;
    if (goal.startsWith("port:")) {
      port =
          Quantities.count(
              goal.substring(5), "the port", 1, 65535, "--for port:3000 waits for port 3000");
    } else if (!STATES.contains(goal)) {
      throw Failure.usage(
          "--for must be running, ready, stopped, deleted or port:N, got \"" + goal + "\"",
          "banger vm wait "
              + (call.parsed().argument(0) == null ? "REF" : call.parsed().argument(0))
              + " --for ready");
    }
    long end = System.nanoTime() + millis * 1_000_000;
    String state = port > 0 ? "ready" : goal;
    Json.Builder targets = Batch.params(call, "vm wait");
    boolean isSingle = Batch.isSingle(call) && !call.parsed().flag("--label");
    Json params =
        (isSingle ? Json.build().put("ref", call.parsed().argument(0)) : targets)
            .put("for", state)
            .put("timeoutMs", millis)
            .done();
    if (!LiveTable.isWanted(call)) {
      Stages stages = Stages.hidden(call);
      Json answer = Operations.run(call, "vm.wait", params, stages, false);
      return ended(call, reached(call, isSingle, answer, port, end, millis), goal);
    }
    Stages stages = Stages.hidden(call);
    Json results;
    try (LiveTable table = new LiveTable(call, stages, goal)) {
      if (isSingle) {
        table.add(call.parsed().argument(0), "waiting");
      }
      Json answer = Operations.run(call, call.client(), "vm.wait", params, stages, table, false);
      results = reached(call, isSingle, answer, port, end, millis);
      table.done();
    }
    return ended(call, results, goal);
  }

  /** The results, each of a VM that also listens on {@code port} unless that is 0. */
  private static Json reached(
      Invocation call, boolean isSingle, Json answer, long port, long end, long millis)
      throws IOException, InterruptedException {
    if (isSingle) {
      if (port > 0) {
        awaitPort(call, answer, port, end, millis);
      }
      return Json.array(
          List.of(
              Json.build()
                  .put("ref", call.parsed().argument(0))
                  .put("ok", true)
                  .put("vm", answer)
                  .done()));
    }
    if (port == 0) {
      return answer.get("results");
    }
    // One after the other is all at once: the time they share is the same.
    List<Json> results = new ArrayList<>();
    for (Json result : answer.get("results").elements()) {
      results.add(
          result.get("ok").truth(false) ? listening(call, result, port, end, millis) : result);
    }
    return Json.array(results);
  }

  private static Json listening(Invocation call, Json result, long port, long end, long millis)
      throws IOException, InterruptedException {
    try {
      awaitPort(call, result.get("vm"), port, end, millis);
      return result;
    } catch (Failure e) {
      return failed(result, e);
    } catch (RpcException e) {
      return failed(result, Failure.of(e));
    }
  }

  private static Json failed(Json result, Failure failure) {
    return Json.build()
        .put("ref", result.get("ref"))
        .put("ok", false)
        .put("error", failure.toJson())
        .done();
  }

  private static int ended(Invocation call, Json results, String goal) {
    Failure single = Batch.singleFailure(call, results);
    if (single != null) {
      throw single;
    }
    if (call.isJson()) {
      VmShow.printJson(call, results);
      return Batch.exitCode(call, results);
    }
    for (Json result : results.elements()) {
      Json vm = result.get("vm");
      if (!result.get("ok").truth(false)) {
        Batch.tellFailed(call, result);
      } else {
        call.say(call.isQuiet() ? vm.text("id") : vm.text("name") + "  " + goal);
      }
    }
    return Batch.exitCode(call, results);
  }

  private static void awaitPort(Invocation call, Json vm, long port, long end, long millis)
      throws IOException, InterruptedException {
    Json params = Json.build().put("ref", vm.text("id")).put("port", port).done();
    while (true) {
      try (BangerClient client = call.newClient();
          ByteStream stream = client.stream("vm.proxy", params, Notifications.IGNORED)) {
        if (lasts(stream)) {
          return;
        }
      } catch (RpcException e) {
        if (!e.kind().equals("guest")
            && !e.kind().equals("unavailable")
            && !e.kind().equals("notFound")
            && !e.kind().equals("timeout")) {
          throw e;
        }
      }
      if (System.nanoTime() + PORT_PAUSE_MILLIS * 1_000_000 > end) {
        throw Failure.failed(
            "timeout",
            vm.text("name")
                + " does not listen on port "
                + port
                + " after "
                + Quantities.elapsed(millis),
            "banger vm ports " + vm.text("name") + " shows what does");
      }
      Thread.sleep(PORT_PAUSE_MILLIS);
    }
  }

  /** Whether no refusal comes; a server that speaks first, or stays silent, both count. */
  private static boolean lasts(ByteStream stream) throws InterruptedException {
    CountDownLatch heard = new CountDownLatch(1);
    AtomicBoolean isRefused = new AtomicBoolean();
    Thread reader =
        new Thread(
            () -> {
              try {
                ByteFrame frame = stream.read();
                isRefused.set(frame == null || frame.kind() == ByteFrames.ERROR);
              } catch (IOException e) {
                isRefused.set(true);
              }
              heard.countDown();
            },
            "banger-port");
    reader.setDaemon(true);
    reader.start();
    boolean isHeard = heard.await(PORT_PROOF_MILLIS, TimeUnit.MILLISECONDS);
    return !isHeard || !isRefused.get();
  }
}
