package dev.banger.cli;

import dev.banger.cli.base.Option;
import dev.banger.cli.base.Options;
import dev.banger.cli.base.Positional;
import dev.banger.cli.command.PluginCommand;
import dev.banger.cli.term.Console;
import dev.banger.cli.term.Table;
import dev.banger.cli.term.Text;
import java.io.PrintStream;
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
    List<PluginCommand> added = PluginCommand.known(console);
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
    for (PluginCommand command : added) {
      if (!Catalog.isGroup(command.path().get(0))) {
        rest.row(String.join(" ", command.path()), command.summary());
      }
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
    commands(to, group, PluginCommand.known(console));
    to.println();
    to.println("banger " + group + " COMMAND --help tells more, with examples.");
  }

  private static void commands(PrintStream to, String group, List<PluginCommand> added) {
    Table table = Table.bare(2);
    for (String path : Catalog.paths()) {
      if (path.startsWith(group + " ")) {
        table.row(path, Catalog.describe(path).summary());
      }
    }
    for (PluginCommand command : added) {
      if (command.path().get(0).equals(group)) {
        table.row(String.join(" ", command.path()), command.summary());
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

  private static boolean isCommon(Option option) {
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
