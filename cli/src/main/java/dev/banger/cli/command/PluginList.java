package dev.banger.cli.command;

import dev.banger.cli.base.Command;
import dev.banger.cli.base.Invocation;
import dev.banger.cli.base.Options;
import dev.banger.cli.term.Table;
import dev.banger.client.Json;
import java.util.List;

/** {@code banger plugin list}. */
public final class PluginList implements Command {
  @Override
  public void describe(Options options) {
    options
        .summary("plugins, their state, and what they add")
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
      Table table = new Table("ID", "VERSION", "STATE", "ADDS");
      for (Json plugin : plugins.elements()) {
        table.row(plugin.text("id"), plugin.text("version"), plugin.text("state"), adds(plugin));
      }
      table.print(call.out());
    }
    return 0;
  }

  private static String adds(Json plugin) {
    if (!plugin.text("reason").isEmpty()) {
      return plugin.text("reason");
    }
    Json provides = plugin.get("provides");
    StringBuilder adds = new StringBuilder();
    append(adds, "step ", provides.get("steps").texts());
    append(adds, "", provides.get("commands").texts());
    append(adds, "doctor: ", provides.get("checks").texts());
    return adds.toString();
  }

  private static void append(StringBuilder adds, String label, List<String> names) {
    if (!names.isEmpty()) {
      adds.append(adds.isEmpty() ? "" : "; ").append(label).append(String.join(", ", names));
    }
  }
}
