package dev.banger.cli.command;

import dev.banger.cli.base.Command;
import dev.banger.cli.base.Invocation;
import dev.banger.cli.base.Options;
import dev.banger.cli.base.Quantities;
import dev.banger.client.BangerClient;
import dev.banger.client.ByteStream;
import dev.banger.client.Json;
import dev.banger.client.Notifications;
import dev.banger.protocol.ByteFrames;
import java.io.IOException;

/** {@code banger vm proxy}: standard input and output joined to a port of the guest. */
public final class VmProxy implements Command {
  @Override
  public void describe(Options options) {
    options
        .summary("join standard input and output to a port of the guest's loopback")
        .positional("REF", "vm", 1, 1, "name, id, or unique beginning of an id")
        .positional("PORT", "", 1, 1, "1 to 65535")
        .example("ssh -o ProxyCommand='banger vm proxy web 22' root@web");
  }

  @Override
  public int run(Invocation call) throws IOException {
    long port =
        Quantities.count(call.parsed().argument(1), "PORT", 1, 65535, "banger vm proxy REF 22");
    Json params = Json.build().put("ref", call.parsed().argument(0)).put("port", port).done();
    try (BangerClient client = call.newClient();
        ByteStream stream = client.stream("vm.proxy", params, Notifications.IGNORED)) {
      Thread pump =
          new Thread(
              () -> {
                byte[] buffer = new byte[ByteFrames.MAX_PAYLOAD];
                try {
                  for (int got = call.console().in().read(buffer);
                      got >= 0;
                      got = call.console().in().read(buffer)) {
                    if (got > 0) {
                      stream.input(buffer, 0, got);
                    }
                  }
                  stream.endInput();
                } catch (IOException e) {
                  // The stream has ended; whoever reads it tells.
                }
              },
              "banger-stdin");
      pump.setDaemon(true);
      pump.start();
      return Streams.copy(stream, call.out(), call.err());
    } catch (Streams.OutputClosedException e) {
      return 0;
    }
  }
}
