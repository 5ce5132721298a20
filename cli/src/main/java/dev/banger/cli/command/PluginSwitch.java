package dev.banger.cli.command;

import dev.banger.cli.base.Command;
import dev.banger.cli.base.Invocation;
import dev.banger.cli.base.Operations;
import dev.banger.cli.base.Options;
import dev.banger.cli.base.Stages;
import dev.banger.cli.daemon.Manifests;
import dev.banger.client.Json;

/** {@code banger plugin enable|disable|rollback|reload}. */
public final class PluginSwitch implements Command {
  private final String verb;

  public PluginSwitch(String verb) {
    this.verb = verb;
  }

  @Override
  public void describe(Options options) {
    switch (verb) {
      case "enable" ->
          options
              .summary("take a disabled plugin into use again")
              .example("banger plugin enable audit");
      case "disable" ->
          options
              .summary("leave a plugin out until it is enabled")
              .description("VMs that use it keep it until they are stopped.")
              .example("banger plugin disable audit");
      case "rollback" ->
          options
              .summary("go back to the version that was installed before")
              .example("banger plugin rollback audit");
      default ->
          options
              .summary("load a plugin anew, for example after it failed")
              .example("banger plugin reload audit");
    }
    options.positional("ID", "plugin", 1, 1, "the plugin");
  }

  @Override
  public int run(Invocation call) {
    Json params = Json.build().put("id", call.parsed().argument(0)).done();
    run(call, "plugin." + verb, params);
    return 0;
  }

  /** Calls a method that answers with a plugin's new state, and tells it. */
  static void run(Invocation call, String method, Json params) {
    Json plugin = Operations.run(call, method, params, stages(call), false);
    Manifests.refresh(call.console(), call.client());
    if (call.isJson()) {
      call.print(plugin);
    } else {
      call.say(call.isQuiet() ? plugin.text("id") : PluginWords.line(plugin));
    }
  }

  static Stages stages(Invocation call) {
    return call.isJson() ? Stages.hidden(call) : Stages.shown(call, false);
  }
}
