package dev.banger.cli.command;

import dev.banger.cli.base.Command;
import dev.banger.cli.base.Failure;
import dev.banger.cli.base.Invocation;
import dev.banger.cli.base.Operations;
import dev.banger.cli.base.Options;
import dev.banger.cli.base.Parsed;
import dev.banger.cli.base.Quantities;
import dev.banger.cli.base.Stages;
import dev.banger.cli.daemon.Manifests;
import dev.banger.cli.term.Console;
import dev.banger.cli.term.Terminal;
import dev.banger.client.BangerClient;
import dev.banger.client.Json;
import dev.banger.client.RpcException;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A command that a plugin adds, made from its manifest; none of the plugin's code runs here. */
public final class PluginCommand implements Command {
  /** Gives what {@code vm ssh} needs to know. */
  public static final String SSH_INFO = "vm.ssh.info";

  /** Puts a repository into a VM for {@code vm run}. */
  public static final String RUN_IMPORT = "vm.run.import";

  private static final int MOST_WORDS = 4;

  private final String plugin;
  private final Json manifest;

  private PluginCommand(String plugin, Json manifest) {
    this.plugin = plugin;
    this.manifest = manifest;
  }

  /** All that {@code manifests} declare; what has no path of lower-case words cannot be typed. */
  public static List<PluginCommand> all(Json manifests) {
    List<PluginCommand> commands = new ArrayList<>();
    for (Json plugin : manifests.get("plugins").elements()) {
      for (Json command : plugin.get("commands").elements()) {
        PluginCommand one = new PluginCommand(plugin.text("id"), command);
        if (isWord(one.plugin) && one.isTypable()) {
          commands.add(one);
        }
      }
    }
    return commands;
  }

  private boolean isTypable() {
    List<String> path = path();
    boolean typable = !path.isEmpty() && path.size() <= MOST_WORDS;
    for (String word : path) {
      typable &= isWord(word);
    }
    return typable;
  }

  /** Lower-case letters, digits and hyphens, a letter first. */
  private static boolean isWord(String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      boolean isLetter = c >= 'a' && c <= 'z';
      if (!isLetter && (i == 0 || !(c == '-' || (c >= '0' && c <= '9')))) {
        return false;
      }
    }
    return !text.isEmpty();
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

  /** The id of the plugin that adds it. */
  public String plugin() {
    return plugin;
  }

  /** Whether help and completion leave it out. */
  public boolean isHidden() {
    return manifest.get("hidden").truth(false);
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
      if ("command".equals(argument.text("type"))) {
        options.command(required, argument.text("summary"));
        continue;
      }
      options.positional(
          argument.text("name"),
          argument.text("type"),
          required ? 1 : 0,
          argument.get("many").truth(false) ? Integer.MAX_VALUE : 1,
          argument.text("summary"));
    }
    for (Json option : options()) {
      String name = option.text("name");
      String fallback = option.text("default");
      String text =
          option.text("summary") + (fallback.isEmpty() ? "" : " (default " + fallback + ")");
      if (option.get("many").truth(false)) {
        options.repeat(name, "TEXT", text);
        continue;
      }
      switch (option.text("type")) {
        case "bool" -> flag(options, name, option.text("letter"), text);
        case "choice" -> options.choice(name, option.get("choices").texts(), text);
        case "path" -> options.value(name, "PATH", "path", text);
        case "vm" -> options.value(name, "REF", "vm", text);
        case "int" -> options.value(name, "N", text);
        default -> options.value(name, "TEXT", text);
      }
    }
  }

  private static void flag(Options options, String name, String letter, String text) {
    if (letter.length() == 2 && letter.charAt(0) == '-' && isWord(letter.substring(1))) {
      options.flag(letter, name, text);
    } else {
      options.flag(name, text);
    }
  }

  /** Those that can be typed and are not every command's own; of two of one name the first. */
  private List<Json> options() {
    List<String> names = new ArrayList<>(List.of("--output", "--quiet", "--help"));
    List<Json> options = new ArrayList<>();
    for (Json option : manifest.get("options").elements()) {
      String name = option.text("name");
      if (name.startsWith("--") && isWord(name.substring(2)) && !names.contains(name)) {
        names.add(name);
        options.add(option);
      }
    }
    return options;
  }

  @Override
  public int run(Invocation call) throws IOException {
    try {
      return switch (manifest.text("mode")) {
        case "", "answer" -> isLive(call.parsed()) ? live(call) : answer(call);
        case "live" -> live(call);
        case "attach" -> attach(call);
        default ->
            throw Failure.failed(
                "unavailable",
                "this banger does not know commands of mode \"" + manifest.text("mode") + "\"",
                "banger version; plugin " + plugin + " may need a newer one");
      };
    } catch (RpcException e) {
      throw unlessGone(call, Failure.of(e));
    } catch (Failure e) {
      throw unlessGone(call, e);
    }
  }

  /** Whether the flag was given with which it sends rows. */
  private boolean isLive(Parsed parsed) {
    String flag = manifest.text("liveWith");
    for (Json option : options()) {
      if (option.text("name").equals(flag)) {
        return parsed.flag(flag);
      }
    }
    return false;
  }

  private int live(Invocation call) throws IOException {
    return new LiveRows(call, manifest.get("columns").elements())
        .run(params(call, arguments(call)).done());
  }

  private int answer(Invocation call) {
    Stages stages = Stages.shown(call, false);
    PartFailures failures = new PartFailures(call, stages);
    Json params = params(call, arguments(call)).done();
    Json answer =
        Operations.run(call, call.client(), "plugin.call", params, stages, failures, true);
    if (call.isJson()) {
      call.print(failures.addedTo(answer));
    } else if (!call.isQuiet()) {
      show(call, answer);
    }
    failures.tell();
    return failures.exitCode();
  }

  private int attach(Invocation call) throws IOException {
    boolean tty =
        manifest.get("terminal").truth(true)
            && call.console().inputTerminal()
            && call.console().outputTerminal();
    Json.Builder params = params(call, arguments(call)).put("tty", tty);
    if (tty) {
      int[] size = Terminal.size();
      params.put("rows", size[0]).put("cols", size[1]);
    }
    Attachment attachment =
        tty ? Attachment.terminal() : Attachment.pipes(true, Attachment.Interrupts.HANG_UP);
    try {
      return attachment.run(call, "plugin.stream", params.done());
    } catch (Failure e) {
      throw Attachment.bangerFailed(e);
    }
  }

  /**
   * Looks whether the failure only means that the command went away with its plugin; the kept
   * manifests are then without it from here on.
   */
  private Failure unlessGone(Invocation call, Failure failure) {
    if (failure.exitCode() == Failure.INTERRUPTED) {
      return failure;
    }
    Json manifests = Manifests.known(call.console());
    if (manifests.isNull()) {
      return failure;
    }
    for (PluginCommand command : all(manifests)) {
      if (command.plugin.equals(plugin) && command.path().equals(path())) {
        return failure;
      }
    }
    return Failure.failed(
            "notFound",
            "plugin " + plugin + " adds no command \"" + String.join(" ", path()) + "\" any more",
            "banger plugin list",
            List.of(failure.getMessage()))
        .withExitCode(failure.exitCode());
  }

  /** A list to ask a plugin for. */
  public record Listing(PluginCommand command, Json arguments) {
    /** The rows, while completion waits. */
    public List<Json> rows(Console console, BangerClient client, Duration limit) {
      Json params =
          Json.build()
              .put("plugin", command.plugin)
              .put("command", String.join(" ", command.path()))
              .put("args", arguments)
              .put("cwd", console.directory().toString())
              .done();
      return client.call("plugin.call", params, limit).elements();
    }
  }

  /**
   * What {@code other} lists, if the argument after {@code given} is the name of one of these: it
   * is called as the word before the last of this path, and {@code other} is the {@code list}
   * beside it, has a column {@code name} and wants nothing but what is given.
   */
  public Optional<Listing> listing(PluginCommand other, List<String> given) {
    List<Json> declared = manifest.get("args").elements();
    List<String> path = path();
    if (!other.plugin.equals(plugin) || path.size() < 2 || given.size() >= declared.size()) {
      return Optional.empty();
    }
    List<String> beside = new ArrayList<>(path.subList(0, path.size() - 1));
    String thing = beside.getLast();
    beside.add("list");
    boolean named = false;
    for (Json column : other.manifest.get("columns").elements()) {
      named |= column.text("field").equals("name");
    }
    if (!named
        || !other.path().equals(beside)
        || !declared.get(given.size()).text("name").equals(thing)) {
      return Optional.empty();
    }
    Json.Builder arguments = Json.build();
    List<Json> wanted = other.manifest.get("args").elements();
    for (int i = 0; i < wanted.size(); i++) {
      boolean same =
          i < given.size() && wanted.get(i).text("name").equals(declared.get(i).text("name"));
      if (!same && wanted.get(i).get("required").truth(false)) {
        return Optional.empty();
      }
      if (same) {
        arguments.put(wanted.get(i).text("name"), given.get(i));
      }
    }
    return Optional.of(new Listing(other, arguments.done()));
  }

  /** Calls it with {@code arguments}; Ctrl-C takes it back. */
  public Json call(Invocation call, BangerClient client, Json arguments, Stages stages) {
    Json params = params(call, arguments).done();
    return Operations.run(call, client, "plugin.call", params, stages, true);
  }

  private Json.Builder params(Invocation call, Json arguments) {
    return Json.build()
        .put("plugin", plugin)
        .put("command", String.join(" ", path()))
        .put("args", arguments)
        .put("cwd", call.console().directory().toString());
  }

  private Json arguments(Invocation call) {
    Parsed parsed = call.parsed();
    Json.Builder arguments = Json.build();
    List<Json> declared = manifest.get("args").elements();
    for (int i = 0; i < declared.size(); i++) {
      String name = declared.get(i).text("name");
      String type = declared.get(i).text("type");
      if (type.equals("command")) {
        arguments.put(name, Json.strings(parsed.command()));
      } else if (i < parsed.arguments().size() && declared.get(i).get("many").truth(false)) {
        arguments.put(name, list(call, name, type, parsed.arguments(), i));
      } else if (i < parsed.arguments().size()) {
        arguments.put(name, value(call, name, type, parsed.argument(i)));
      }
    }
    for (Json option : options()) {
      String name = option.text("name");
      if (parsed.flag(name)) {
        arguments.put(name.substring(2), option(call, name, option));
      }
    }
    return arguments.done();
  }

  private static Json option(Invocation call, String name, Json declared) {
    String type = declared.text("type");
    if (declared.get("many").truth(false)) {
      return list(call, name, type, call.parsed().values(name), 0);
    }
    return type.equals("bool") ? Json.TRUE : value(call, name, type, call.parsed().value(name));
  }

  private static Json list(
      Invocation call, String name, String type, List<String> texts, int from) {
    List<Json> values = new ArrayList<>();
    for (String text : texts.subList(from, texts.size())) {
      values.add(value(call, name, type, text));
    }
    return Json.array(values);
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
      new PluginTable(columns).print(call, answer.elements());
    } else if (answer.has("message")) {
      call.say(answer.text("message"));
    } else if (!answer.isNull()) {
      Show.fields(call, answer);
    }
  }
}
