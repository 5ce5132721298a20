package dev.banger.cli.command;

import dev.banger.cli.base.Command;
import dev.banger.cli.base.Invocation;
import dev.banger.cli.base.Options;
import dev.banger.cli.term.Table;
import dev.banger.client.Json;

/** {@code banger plugin list}. */
public final class PluginList implements Command {
  @Override
  public void describe(Options options) {
    options
        .summary("plugins, their state, and what they add")
        .description("What is not active tells why, and what to type.")
        .example("banger plugin list")
        .example("banger plugin list -o json");
  }

  @Override
  public int run(Invocation call) {
    Json plugins = call.call("plugin.list", Json.build().done());
    if (call.isJson()) {
      call.print(plugins);
    } else if (call.isQuiet()) {
      call.ids(plugins.elements(), "id");
    } else if (plugins.elements().isEmpty()) {
      call.note("no plugins");
    } else {
      Table table = new Table("ID", "VERSION", "STATE", "ADDS", "");
      for (Json plugin : plugins.elements()) {
        String id = plugin.text("id");
        String state = plugin.text("state");
        String remedy = PluginWords.remedy(id, state);
        table.row(id, plugin.text("version"), state, adds(plugin, remedy.isEmpty()), remedy);
      }
      table.print(call.out());
    }
    return 0;
  }

  private static String adds(Json plugin, boolean isActive) {
    String adds = PluginWords.cell(plugin.get("provides"));
    String reason = plugin.text("reason");
    if (reason.isEmpty()) {
      return adds;
    }
    return isActive && !adds.isEmpty() ? adds + "; " + reason : reason;
  }
}
