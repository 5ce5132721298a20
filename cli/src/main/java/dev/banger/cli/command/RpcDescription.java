package dev.banger.cli.command;

import dev.banger.cli.base.Failure;
import dev.banger.cli.base.Invocation;
import dev.banger.cli.daemon.DaemonStarter;
import dev.banger.client.BangerClient;
import dev.banger.client.DaemonSocket;
import dev.banger.client.Json;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** {@code banger daemon describe}: of the daemon that runs, else of the one that would. */
final class RpcDescription {
  private static final int LONGEST = 4 * 1024 * 1024;
  private static final int SECONDS = 20;

  private RpcDescription() {}

  static int print(Invocation call) throws IOException, InterruptedException {
    Path socket = DaemonSocket.path(call.console().env());
    Optional<BangerClient> running =
        BangerClient.connectToAny(socket, BangerClient.CONNECT_DEADLINE);
    if (running.isEmpty()) {
      call.print(ofProgram(call, DaemonStarter.binary(call.console(), socket)));
      return 0;
    }
    try (BangerClient client = running.get()) {
      call.print(client.call("rpc.discover", Json.build().done(), BangerClient.CONNECT_DEADLINE));
    }
    return 0;
  }

  private static Json ofProgram(Invocation call, Path binary)
      throws IOException, InterruptedException {
    ProcessBuilder builder = new ProcessBuilder(binary.toString(), "--openrpc");
    Map<String, String> environment = builder.environment();
    environment.clear();
    environment.putAll(call.console().env());
    builder.directory(call.console().directory().toFile());
    builder.redirectError(ProcessBuilder.Redirect.DISCARD);
    Process process = builder.start();
    try {
      process.getOutputStream().close();
      byte[] said = process.getInputStream().readNBytes(LONGEST);
      if (!process.waitFor(SECONDS, TimeUnit.SECONDS) || process.exitValue() != 0) {
        throw Failure.failed(
            "host", binary + " --openrpc did not end well", "try it by hand; is it a bangerd?");
      }
      return Json.parse(said);
    } finally {
      process.destroyForcibly();
    }
  }
}
