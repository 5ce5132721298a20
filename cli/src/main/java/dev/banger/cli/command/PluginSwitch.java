package dev.banger.cli.command;

import dev.banger.cli.base.Command;
import dev.banger.cli.base.Invocation;
import dev.banger.cli.base.Operations;
import dev.banger.cli.base.Options;
import dev.banger.cli.base.Stages;
import dev.banger.cli.daemon.Manifests;
import dev.banger.client.Json;

/** {@code banger plugin enable|disable|rollback|reload}. */
public final class PluginSwitch implements Command, Each.One {
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
    int most = verb.equals("rollback") ? 1 : Integer.MAX_VALUE;
    options.positional("ID", "plugin", 1, most, most == 1 ? "the plugin" : "the plugins");
  }

  @Override
  public int run(Invocation call) {
    return Each.of(call, "id", this);
  }

  @Override
  public Json ask(Invocation call, String id) {
    return change(call, "plugin." + verb, Json.build().put("id", id).done());
  }

  @Override
  public void show(Invocation call, String id, Json plugin, boolean isFirst) {
    tell(call, plugin);
  }

  /** Calls a method that answers with a plugin's new state, and tells it. */
  static void run(Invocation call, String method, Json params) {
    Json plugin = change(call, method, params);
    if (call.isJson()) {
      call.print(plugin);
    } else {
      tell(call, plugin);
    }
  }

  private static Json change(Invocation call, String method, Json params) {
    Json plugin = Operations.run(call, method, params, stages(call), false);
    Manifests.refresh(call.console(), call.client());
    return plugin;
  }

  private static void tell(Invocation call, Json plugin) {
    call.say(call.isQuiet() ? plugin.text("id") : PluginWords.line(plugin));
  }

  static Stages stages(Invocation call) {
    return call.isJson() ? Stages.hidden(call) : Stages.shown(call, false);
  }
}
