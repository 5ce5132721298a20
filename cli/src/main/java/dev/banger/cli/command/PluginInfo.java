package dev.banger.cli.command;

import dev.banger.cli.base.Command;
import dev.banger.cli.base.Invocation;
import dev.banger.cli.base.Options;
import dev.banger.cli.term.Table;
import dev.banger.client.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** {@code banger plugin info}. */
public final class PluginInfo implements Command {
  private static final int SHORT_DIGEST = 12;

  @Override
  public void describe(Options options) {
    options
        .summary("all there is to know about a plugin")
        .positional("ID", "plugin", 1, 1, "the plugin")
        .example("banger plugin info nat")
        .example("banger plugin info nat -o json");
  }

  @Override
  public int run(Invocation call) {
    String id = call.parsed().argument(0);
    Json plugin = call.call("plugin.info", Json.build().put("id", id).done());
    if (call.isJson()) {
      call.print(plugin);
    } else if (call.isQuiet()) {
      call.say(plugin.text("id"));
    } else {
      show(call, plugin);
    }
    return 0;
  }

  private static void show(Invocation call, Json plugin) {
    Json provides = plugin.get("provides");
    Table facts = Table.bare(2);
    fact(facts, "id", plugin.text("id"));
    fact(facts, "version", plugin.text("version"));
    fact(facts, "state", plugin.text("state"));
    fact(facts, "reason", plugin.text("reason"));
    fact(facts, "next", next(plugin));
    fact(facts, "description", plugin.text("description"));
    fact(facts, "may", PluginWords.permissions(plugin.get("permissions").texts()));
    fact(facts, "commands", Show.cell(provides.get("commands")));
    fact(facts, "checks", Show.cell(provides.get("checks")));
    fact(facts, "hooks", Show.cell(plugin.get("hooks")));
    fact(facts, "requires", requires(plugin.get("requires")));
    fact(facts, "leaked", plugin.text("leaked"));
    facts.print(call.out());
    section(
        call,
        "steps",
        plugin.get("steps"),
        new String[] {"STEP", "PHASE", "POLICY", "AFTER"},
        "name",
        "phase",
        "policy",
        "after");
    section(
        call,
        "configuration",
        plugin.get("config"),
        new String[] {"KEY", "TYPE", "DEFAULT", "ABOUT"},
        "key",
        "type",
        "default",
        "summary");
    section(
        call,
        "versions",
        shortened(plugin.get("versions")),
        new String[] {"VERSION", "STATE", "DIGEST", "USED BY"},
        "version",
        "state",
        "digest",
        "usedBy");
    section(
        call,
        "not cleaned up yet",
        plugin.get("leftovers"),
        new String[] {"VM", "STEP", "REASON", "TRIES", "NEXT"},
        "vm",
        "step",
        "reason",
        "attempts",
        "retryAt");
  }

  private static String next(Json plugin) {
    return switch (plugin.text("state")) {
      case "failed", "blocked" -> "banger plugin reload " + plugin.text("id");
      default -> PluginWords.remedy(plugin.text("id"), plugin.text("state"));
    };
  }

  private static void fact(Table facts, String name, String text) {
    if (!text.isEmpty()) {
      facts.row(name, text);
    }
  }

  private static String requires(Json requires) {
    List<String> ranges = new ArrayList<>();
    for (Map.Entry<String, Json> other : requires.fields().entrySet()) {
      ranges.add(other.getKey() + " " + other.getValue().text());
    }
    return String.join(", ", ranges);
  }

  private static Json shortened(Json versions) {
    List<Json> rows = new ArrayList<>();
    for (Json version : versions.elements()) {
      String digest = version.text("digest");
      Json.Builder row = Json.build();
      version.fields().forEach(row::put);
      rows.add(
          row.put("digest", digest.substring(0, Math.min(SHORT_DIGEST, digest.length()))).done());
    }
    return Json.array(rows);
  }

  /** A table under a title; nothing when there are no rows. */
  static void section(
      Invocation call, String title, Json rows, String[] headers, String... fields) {
    if (rows.elements().isEmpty()) {
      return;
    }
    Table table = new Table(headers);
    for (Json row : rows.elements()) {
      String[] cells = new String[fields.length];
      for (int i = 0; i < fields.length; i++) {
        cells[i] = Show.cell(row.get(fields[i]));
      }
      table.row(cells);
    }
    call.out().println();
    call.say(title);
    table.print(call.out(), "  ");
  }
}
