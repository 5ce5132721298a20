package dev.banger.cli.command;

import dev.banger.cli.base.Command;
import dev.banger.cli.base.Failure;
import dev.banger.cli.base.Invocation;
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
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/** {@code banger vm wait}. */
public final class VmWait implements Command {
  private static final long DEFAULT_MILLIS = 60_000;
  private static final long PORT_PAUSE_MILLIS = 250;

  /** How long a connection to a port must last to count: a refusal comes at once. */
  private static final long PORT_PROOF_MILLIS = 300;

  @Override
  public void describe(Options options) {
    options
        .summary("wait until a VM is in a state, or listens on a port")
        .positional("REF", "vm", 1, 1, "name, id, or unique beginning of an id")
        .value("--for", "STATE", "running, ready, stopped or port:N (default ready)")
        .value("--timeout", "TIME", "how long at most (default 60s)")
        .example("banger vm wait brisk-otter --for ready")
        .example("banger vm wait brisk-otter --for port:3000 --timeout 2m");
  }

  @Override
  public int run(Invocation call) throws IOException, InterruptedException {
    String ref = call.parsed().argument(0);
    String goal = call.parsed().value("--for") == null ? "ready" : call.parsed().value("--for");
    String timeout = call.parsed().value("--timeout");
    long millis = timeout == null ? DEFAULT_MILLIS : Quantities.millis(timeout, "--timeout");
    Json vm;
    if (goal.startsWith("port:")) {
      long port =
          Quantities.count(
              goal.substring(5), "the port", 1, 65535, "--for port:3000 waits for port 3000");
      long end = System.nanoTime() + millis * 1_000_000;
      vm = waitFor(call, ref, "ready", millis);
      awaitPort(call, vm, port, end, millis);
    } else if (goal.equals("running") || goal.equals("ready") || goal.equals("stopped")) {
      vm = waitFor(call, ref, goal, millis);
    } else {
      throw Failure.usage(
          "--for must be running, ready, stopped or port:N, got \"" + goal + "\"",
          "banger vm wait " + ref + " --for ready");
    }
    if (call.isJson()) {
      call.print(vm);
    } else if (call.isQuiet()) {
      call.say(vm.text("id"));
    } else {
      call.say(vm.text("name") + "  " + goal);
    }
    return 0;
  }

  private static Json waitFor(Invocation call, String ref, String goal, long millis) {
    Json params = Json.build().put("ref", ref).put("for", goal).put("timeoutMs", millis).done();
    return Operations.run(call, "vm.wait", params, Stages.hidden(call), false);
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
