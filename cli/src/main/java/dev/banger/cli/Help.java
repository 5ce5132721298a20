package dev.banger.cli;

import dev.banger.cli.base.Failure;
import dev.banger.cli.base.Nearest;
import dev.banger.cli.base.Option;
import dev.banger.cli.base.Options;
import dev.banger.cli.base.Positional;
import dev.banger.cli.command.PluginCommand;
import dev.banger.cli.term.Console;
import dev.banger.cli.term.Table;
import dev.banger.cli.term.Text;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;

/** The texts of {@code --help}. */
final class Help {
  private Help() {}

  static void all(Console console) {
    PrintStream out = console.out();
    out.println("banger: disposable virtual machines in seconds");
    out.println();
    out.println("  banger run              this repository in a fresh VM");
    out.println("  banger run . -- make    one command there, and its exit code");
    out.println("  banger ls               what is running");
    out.println("  banger ssh VM           a shell in it");
    out.println("  banger rm VM            gone");
    PluginCatalog added = PluginCatalog.known(console);
    for (String[] group : Catalog.groups()) {
      out.println();
      out.println("banger " + group[0] + ": " + group[1]);
      commands(out, group[0], added);
    }
    out.println();
    out.println("and");
    Table rest = Table.bare(2);
    for (String path : Catalog.paths()) {
      if (path.indexOf(' ') < 0) {
        rest.row(path, Catalog.describe(path).summary());
      }
    }
    List<PluginCommand> offered = added.offered();
    for (PluginCommand command : offered) {
      List<String> place = added.place(command);
      if (!Catalog.isGroup(place.get(0))) {
        rest.row(String.join(" ", place), command.summary());
      }
    }
    if (!offered.isEmpty()) {
      rest.row(PluginCatalog.WORD, "a plugin's command by its plugin: banger x PLUGIN COMMAND");
    }
    rest.print(out, "  ");
    out.println();
    out.println("banger COMMAND --help tells more, with examples.");
  }

  static void group(Console console, PrintStream to, String group) {
    for (String[] row : Catalog.groups()) {
      if (row[0].equals(group)) {
        to.println("banger " + group + ": " + row[1]);
      }
    }
    commands(to, group, PluginCatalog.known(console));
    to.println();
    to.println("banger " + group + " COMMAND --help tells more, with examples.");
  }

  /**
   * The plugins that add commands, with these; only one of them when {@code plugin} is not empty.
   *
   * @throws Failure when that one adds none
   */
  static int plugins(Console console, PluginCatalog added, String plugin) {
    Table table = Table.bare(2);
    List<String> plugins = new ArrayList<>();
    for (PluginCommand command : added.offered()) {
      if (!plugins.contains(command.plugin())) {
        plugins.add(command.plugin());
      }
      if (plugin.isEmpty() || plugin.equals(command.plugin())) {
        table.row(
            PluginCatalog.WORD + " " + command.plugin() + " " + String.join(" ", command.path()),
            command.summary());
      }
    }
    if (!plugin.isEmpty() && !plugins.contains(plugin)) {
      String nearest = Nearest.to(plugin, plugins);
      throw Failure.usage(
          "no active plugin \"" + plugin + "\" adds commands",
          nearest == null
              ? "banger x lists those that do"
              : "did you mean banger x " + nearest + "?");
    }
    if (plugins.isEmpty()) {
      console.out().println("no plugin is known to add commands: banger plugin list");
      return 0;
    }
    console
        .out()
        .println("banger x PLUGIN COMMAND: plugins' commands, whatever else has their name");
    table.print(console.out(), "  ");
    return 0;
  }

  private static void commands(PrintStream to, String group, PluginCatalog added) {
    Table table = Table.bare(2);
    for (String path : Catalog.paths()) {
      if (path.startsWith(group + " ")) {
        table.row(path, Catalog.describe(path).summary());
      }
    }
    for (PluginCommand command : added.offered()) {
      List<String> place = added.place(command);
      if (place.get(0).equals(group)) {
        table.row(String.join(" ", place), command.summary());
      }
    }
    table.print(to, "  ");
  }

  static void command(Console console, Options options) {
    PrintStream out = console.out();
    out.println("usage: " + Text.safe(options.synopsis()));
    out.println();
    out.println(Text.safe(options.summary()));
    if (!options.description().isEmpty()) {
      out.println();
      for (String line : options.description().split("\n", -1)) {
        out.println(Text.safe(line));
      }
    }
    if (!options.positionals().isEmpty() || options.commandSummary() != null) {
      out.println();
      Table table = Table.bare(2);
      for (Positional positional : options.positionals()) {
        table.row(positional.label(), positional.summary());
      }
      if (options.commandSummary() != null) {
        table.row("COMMAND", options.commandSummary());
      }
      table.print(out, "  ");
    }
    out.println();
    Table table = Table.bare(2);
    for (Option option : options.options()) {
      if (!isCommon(option)) {
        option(table, option);
      }
    }
    for (Option option : options.options()) {
      if (isCommon(option)) {
        option(table, option);
      }
    }
    table.print(out, "  ");
    if (!options.examples().isEmpty()) {
      out.println();
      out.println("for example:");
      for (String example : options.examples()) {
        out.println("  " + Text.safe(example));
      }
    }
  }

  /** What every command has; told last. */
  static boolean isCommon(Option option) {
    return switch (option.name()) {
      case "--output", "--quiet", "--help" -> true;
      default -> false;
    };
  }

  private static void option(Table table, Option option) {
    String names = String.join(", ", option.names());
    String label = option.label() == null ? "" : " " + option.label();
    table.row(names + label, option.summary() + (option.repeatable() ? " (repeatable)" : ""));
  }
}
