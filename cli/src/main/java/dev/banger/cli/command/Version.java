package dev.banger.cli.command;

import dev.banger.cli.base.BuildVersion;
import dev.banger.cli.base.Command;
import dev.banger.cli.base.Invocation;
import dev.banger.cli.base.Options;
import dev.banger.client.BangerClient;
import dev.banger.client.Json;

/** {@code banger version}: asks nobody. */
public final class Version implements Command {
  @Override
  public void describe(Options options) {
    options
        .summary("the version of this program; banger daemon status tells the daemon's")
        .example("banger version");
  }

  @Override
  public int run(Invocation call) {
    if (call.isJson()) {
      call.print(
          Json.build()
              .put("version", BuildVersion.VERSION)
              .put("protocol", BangerClient.PROTOCOL)
              .put("java", System.getProperty("java.vm.version", ""))
              .done());
    } else if (call.isQuiet()) {
      call.say(BuildVersion.VERSION);
    } else {
      call.say("banger " + BuildVersion.VERSION);
    }
    return 0;
  }
}
