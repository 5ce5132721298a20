package dev.banger.cli.command;

import dev.banger.cli.base.Command;
import dev.banger.cli.base.Failure;
import dev.banger.cli.base.Invocation;
import dev.banger.cli.base.Operations;
import dev.banger.cli.base.Options;
import dev.banger.cli.base.Parsed;
import dev.banger.cli.base.Quantities;
import dev.banger.cli.base.Stages;
import dev.banger.cli.daemon.Daemon;
import dev.banger.cli.daemon.Manifests;
import dev.banger.cli.term.Console;
import dev.banger.cli.term.Table;
import dev.banger.client.BangerClient;
import dev.banger.client.Json;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A command that a plugin adds, made from its manifest; none of the plugin's code runs here. */
public final class PluginCommand implements Command {
  /** Gives what {@code vm ssh} needs to know. */
  public static final String SSH_INFO = "vm.ssh.info";

  /** Puts a repository into a VM for {@code vm run}. */
  public static final String RUN_IMPORT = "vm.run.import";

  private final String plugin;
  private final Json manifest;

  private PluginCommand(String plugin, Json manifest) {
    this.plugin = plugin;
    this.manifest = manifest;
  }

  /** All that {@code manifests} declare. */
  static List<PluginCommand> all(Json manifests) {
    List<PluginCommand> commands = new ArrayList<>();
    for (Json plugin : manifests.get("plugins").elements()) {
      for (Json command : plugin.get("commands").elements()) {
        if (!command.get("path").elements().isEmpty()) {
          commands.add(new PluginCommand(plugin.text("id"), command));
        }
      }
    }
    return commands;
  }

  /** All that are known without starting a daemon. */
  public static List<PluginCommand> known(Console console) {
    return all(Manifests.known(console));
  }

  /** The words that may follow {@code words} in plugin commands. */
  public static List<String> nextWords(Console console, List<String> words) {
    return nextWords(known(console), words);
  }

  /** The words that may follow {@code words} in {@code commands}. */
  public static List<String> nextWords(List<PluginCommand> commands, List<String> words) {
    List<String> next = new ArrayList<>();
    for (PluginCommand command : commands) {
      List<String> path = command.path();
      if (path.size() > words.size()
          && path.subList(0, words.size()).equals(words)
          && !next.contains(path.get(words.size()))) {
        next.add(path.get(words.size()));
      }
    }
    return next;
  }

  /**
   * The command that {@code words} begin with, the longest one; or null.
   *
   * @param startDaemon whether to start a daemon to ask, when none has ever told
   */
  public static PluginCommand find(Console console, List<String> words, boolean startDaemon) {
    Json manifests = Manifests.known(console);
    if (manifests.isNull() && startDaemon) {
      try (BangerClient client = Daemon.connect(console)) {
        manifests = Manifests.fetch(console, client);
      }
    }
    PluginCommand best = null;
    for (PluginCommand command : all(manifests)) {
      List<String> path = command.path();
      if (words.size() >= path.size()
          && words.subList(0, path.size()).equals(path)
          && (best == null || path.size() > best.path().size())) {
        best = command;
      }
    }
    return best;
  }

  /** The active plugins' command with that role. */
  public static Optional<PluginCommand> withRole(
      Console console, BangerClient client, String role) {
    for (PluginCommand command : all(Manifests.fetch(console, client))) {
      if (role.equals(command.manifest.text("role"))) {
        return Optional.of(command);
      }
    }
    return Optional.empty();
  }

  /** {@link #withRole} for {@link #SSH_INFO}; without one, a failure that says so. */
  public static PluginCommand ssh(Console console, BangerClient client) {
    Optional<PluginCommand> command = withRole(console, client, SSH_INFO);
    if (command.isEmpty()) {
      throw Failure.failed(
          "unavailable",
          "no active plugin provides SSH access",
          "banger plugin list; banger vm exec needs none");
    }
    return command.get();
  }

  public List<String> path() {
    return manifest.get("path").texts();
  }

  public String summary() {
    return manifest.text("summary");
  }

  @Override
  public void describe(Options options) {
    options.summary(summary()).description(manifest.text("description"));
    for (String example : manifest.get("examples").texts()) {
      options.example(example);
    }
    for (Json argument : manifest.get("args").elements()) {
      boolean required = argument.get("required").truth(false);
      options.positional(
          argument.text("name"),
          argument.text("type"),
          required ? 1 : 0,
          1,
          argument.text("summary"));
    }
    for (Json option : manifest.get("options").elements()) {
      String name = option.text("name");
      String fallback = option.text("default");
      String text =
          option.text("summary") + (fallback.isEmpty() ? "" : " (default " + fallback + ")");
      switch (option.text("type")) {
        case "bool" -> options.flag(name, text);
        case "choice" -> options.choice(name, option.get("choices").texts(), text);
        case "path" -> options.value(name, "PATH", "path", text);
        case "int" -> options.value(name, "N", text);
        default -> options.value(name, "TEXT", text);
      }
    }
  }

  @Override
  public int run(Invocation call) {
    Json answer = call(call, call.client(), arguments(call), Stages.shown(call, false));
    if (call.isJson()) {
      call.print(answer);
    } else if (!call.isQuiet()) {
      show(call, answer);
    }
    return 0;
  }

  /** Calls it with {@code arguments}; Ctrl-C takes it back. */
  public Json call(Invocation call, BangerClient client, Json arguments, Stages stages) {
    Json params =
        Json.build()
            .put("plugin", plugin)
            .put("command", String.join(" ", path()))
            .put("args", arguments)
            .put("cwd", call.console().directory().toString())
            .done();
    return Operations.run(call, client, "plugin.call", params, stages, true);
  }

  private Json arguments(Invocation call) {
    Parsed parsed = call.parsed();
    Json.Builder arguments = Json.build();
    List<Json> declared = manifest.get("args").elements();
    for (int i = 0; i < declared.size() && i < parsed.arguments().size(); i++) {
      String name = declared.get(i).text("name");
      arguments.put(name, value(call, name, declared.get(i).text("type"), parsed.argument(i)));
    }
    for (Json option : manifest.get("options").elements()) {
      String name = option.text("name");
      if (parsed.flag(name)) {
        boolean isFlag = "bool".equals(option.text("type"));
        arguments.put(
            name.startsWith("--") ? name.substring(2) : name,
            isFlag ? Json.TRUE : value(call, name, option.text("type"), parsed.value(name)));
      }
    }
    return arguments.done();
  }

  private static Json value(Invocation call, String name, String type, String text) {
    return switch (type) {
      case "int" ->
          Json.of(
              Quantities.count(
                  text, name, Long.MIN_VALUE, Long.MAX_VALUE, name + " takes a whole number"));
      case "path" -> Json.of(absolute(call.console(), text));
      default -> Json.of(text);
    };
  }

  static String absolute(Console console, String path) {
    return console.directory().resolve(Path.of(path)).normalize().toString();
  }

  private void show(Invocation call, Json answer) {
    List<Json> columns = manifest.get("columns").elements();
    if (answer.isArray() && !columns.isEmpty()) {
      String[] headers = new String[columns.size()];
      for (int i = 0; i < headers.length; i++) {
        headers[i] = columns.get(i).text("header");
      }
      Table table = new Table(headers);
      for (Json row : answer.elements()) {
        String[] cells = new String[headers.length];
        for (int i = 0; i < cells.length; i++) {
          cells[i] = Show.cell(row.get(columns.get(i).text("field")));
        }
        table.row(cells);
      }
      table.print(call.out());
    } else if (answer.has("message")) {
      call.say(answer.text("message"));
    } else if (!answer.isNull()) {
      Show.fields(call, answer);
    }
  }
}
