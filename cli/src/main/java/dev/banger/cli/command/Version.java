package dev.banger.cli.command;

import dev.banger.cli.base.BuildVersion;
import dev.banger.cli.base.Command;
import dev.banger.cli.base.Invocation;
import dev.banger.cli.base.Options;
import dev.banger.client.BangerClient;
import dev.banger.client.DaemonSocket;
import dev.banger.client.Json;
import dev.banger.client.RpcException;
import java.util.Optional;

/** {@code banger version}: of this program, and of the daemon where one runs. */
public final class Version implements Command {
  @Override
  public void describe(Options options) {
    options
        .summary("the version of this program, and of the daemon where one runs; starts none")
        .example("banger version");
  }

  @Override
  public int run(Invocation call) {
    if (call.isQuiet() && !call.isJson()) {
      call.say(BuildVersion.VERSION);
      return 0;
    }
    Json daemon = daemon(call);
    if (call.isJson()) {
      call.print(
          Json.build()
              .put("version", BuildVersion.VERSION)
              .put("protocol", BangerClient.PROTOCOL)
              .put("java", System.getProperty("java.vm.version", ""))
              .put("daemon", daemon)
              .done());
      return 0;
    }
    call.say("banger " + BuildVersion.VERSION);
    if (daemon.has("version")) {
      call.say(
          "daemon "
              + daemon.text("version")
              + " (protocol "
              + daemon.text("protocol")
              + ", pid "
              + daemon.text("pid")
              + ")");
    } else if (daemon.isObject()) {
      call.note("the daemon does not say its version: " + daemon.text("problem"));
    }
    return 0;
  }

  /** What a daemon that runs says, also one of another protocol; null when none runs. */
  private static Json daemon(Invocation call) {
    try {
      Optional<BangerClient> running =
          BangerClient.connectToAny(
              DaemonSocket.path(call.console().env()), BangerClient.CONNECT_DEADLINE);
      if (running.isEmpty()) {
        return Json.NULL;
      }
      try (BangerClient client = running.get()) {
        return client.call("daemon.ping", Json.build().done(), BangerClient.CONNECT_DEADLINE);
      }
    } catch (RpcException e) {
      return Json.build().put("problem", e.getMessage()).done();
    }
  }
}
