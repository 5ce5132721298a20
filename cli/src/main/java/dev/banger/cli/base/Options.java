package dev.banger.cli.base;

import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.ParseResult;

/** The words one command takes; parsed by picocli, shown by help, offered by completion. */
public final class Options {
  private final List<String> path;
  private final List<Option> options = new ArrayList<>();
  private final List<Positional> positionals = new ArrayList<>();
  private final List<String> examples = new ArrayList<>();
  private String summary = "";
  private String description = "";
  private String commandSummary;
  private boolean isCommandRequired;

  /**
   * @param path the words that lead here, for example {@code vm}, {@code exec}
   */
  public Options(List<String> path) {
    this.path = List.copyOf(path);
    choice("-o", "--output", List.of("table", "json"), "for people (default) or for programs");
    flag("-q", "--quiet", "ids only, no progress");
    flag("-h", "--help", "this text");
  }

  public Options summary(String text) {
    summary = text;
    return this;
  }

  public Options description(String text) {
    description = text;
    return this;
  }

  /** A line that can be typed as it is. */
  public Options example(String line) {
    examples.add(line);
    return this;
  }

  public Options flag(String name, String text) {
    return option(List.of(name), null, false, "", List.of(), text);
  }

  public Options flag(String shortName, String name, String text) {
    return option(List.of(shortName, name), null, false, "", List.of(), text);
  }

  public Options value(String name, String label, String text) {
    return option(List.of(name), label, false, "", List.of(), text);
  }

  /** An option whose value completion knows: {@code kind} as in {@link Option#kind}. */
  public Options value(String name, String label, String kind, String text) {
    return option(List.of(name), label, false, kind, List.of(), text);
  }

  public Options repeat(String name, String label, String text) {
    return option(List.of(name), label, true, "", List.of(), text);
  }

  public Options choice(String name, List<String> choices, String text) {
    return option(List.of(name), String.join("|", choices), false, "choice", choices, text);
  }

  private void choice(String shortName, String name, List<String> choices, String text) {
    option(List.of(shortName, name), String.join("|", choices), false, "choice", choices, text);
  }

  private Options option(
      List<String> names,
      String label,
      boolean repeatable,
      String kind,
      List<String> choices,
      String text) {
    options.add(new Option(names, label, repeatable, kind, choices, text));
    return this;
  }

  /** At least {@code least}, at most {@code most} arguments. */
  public Options positional(String label, String kind, int least, int most, String text) {
    positionals.add(new Positional(label, kind, List.of(), least, most, text));
    return this;
  }

  public Options positional(String label, List<String> choices, String text) {
    positionals.add(new Positional(label, "choice", choices, 1, 1, text));
    return this;
  }

  /** Takes a command line after {@code --}. */
  public Options command(boolean required, String text) {
    commandSummary = text;
    isCommandRequired = required;
    return this;
  }

  public List<String> path() {
    return path;
  }

  public String name() {
    return String.join(" ", path);
  }

  public String summary() {
    return summary;
  }

  public String description() {
    return description;
  }

  public List<Option> options() {
    return options;
  }

  public List<Positional> positionals() {
    return positionals;
  }

  public List<String> examples() {
    return examples;
  }

  /** What the words after {@code --} are, or null when none are taken. */
  public String commandSummary() {
    return commandSummary;
  }

  /** For example {@code banger vm exec REF [options] -- COMMAND...}. */
  public String synopsis() {
    StringBuilder line = new StringBuilder("banger ").append(name());
    for (Positional positional : positionals) {
      String label = positional.label() + (positional.most() > 1 ? "..." : "");
      line.append(positional.least() == 0 ? " [" + label + "]" : " " + label);
    }
    line.append(" [options]");
    if (commandSummary != null) {
      line.append(isCommandRequired ? " -- COMMAND..." : " [-- COMMAND...]");
    }
    return line.toString();
  }

  /**
   * Reads what was typed after the command's own words.
   *
   * @throws Failure of kind {@code usage}, with what to type
   */
  public Parsed parse(List<String> words) {
    int dashes = words.indexOf("--");
    List<String> before = dashes < 0 ? words : words.subList(0, dashes);
    List<String> after = dashes < 0 ? List.of() : words.subList(dashes + 1, words.size());
    if (dashes >= 0 && commandSummary == null) {
      // Nothing runs here: as everywhere, what follows -- is then no option.
      before = words;
    }
    CommandLine parser = new CommandLine(spec());
    parser.setExpandAtFiles(false);
    parser.setToggleBooleanFlags(false);
    ParseResult result;
    try {
      result = parser.parseArgs(before.toArray(new String[0]));
    } catch (CommandLine.ParameterException e) {
      throw explain(e);
    }
    List<String> arguments =
        positionals.isEmpty()
            ? List.of()
            : result.matchedPositionalValue(0, new ArrayList<String>());
    Parsed parsed = new Parsed(result, List.copyOf(arguments), List.copyOf(after));
    if (!parsed.flag("--help")) {
      check(parsed, dashes >= 0);
    }
    return parsed;
  }

  private CommandSpec spec() {
    CommandSpec spec = CommandSpec.create().name("banger " + name());
    for (Option option : options) {
      OptionSpec.Builder builder = OptionSpec.builder(option.names().toArray(new String[0]));
      if (option.label() == null) {
        builder.type(boolean.class).arity("0");
      } else if (option.repeatable()) {
        builder.type(List.class).auxiliaryTypes(String.class).arity("1");
      } else {
        builder.type(String.class).arity("1");
      }
      spec.addOption(builder.build());
    }
    if (!positionals.isEmpty()) {
      spec.addPositional(
          PositionalParamSpec.builder()
              .index("0..*")
              .arity("0..*")
              .type(List.class)
              .auxiliaryTypes(String.class)
              .build());
    }
    return spec;
  }

  private void check(Parsed parsed, boolean hasDashes) {
    int most = 0;
    int least = 0;
    Positional missing = null;
    for (Positional positional : positionals) {
      least += positional.least();
      most = positional.most() == Integer.MAX_VALUE ? positional.most() : most + positional.most();
      if (missing == null && parsed.arguments().size() < least) {
        missing = positional;
      }
    }
    if (missing != null) {
      throw Failure.usage(
          "banger " + name() + " needs " + missing.label() + ": " + missing.summary(), synopsis());
    }
    if (parsed.arguments().size() > most) {
      String extra = parsed.arguments().get(most);
      if (commandSummary != null && !hasDashes) {
        throw Failure.usage(
            "unexpected \"" + extra + "\": the guest's command comes after --", synopsis());
      }
      throw Failure.usage("unexpected argument \"" + extra + "\"", synopsis());
    }
    if (isCommandRequired && parsed.command().isEmpty()) {
      throw Failure.usage("banger " + name() + " needs a command after --", synopsis());
    }
    for (Option option : options) {
      String value = option.choices().isEmpty() ? null : parsed.value(option.name());
      if (value != null && !option.choices().contains(value)) {
        throw notAChoice(option.name(), value, option.choices());
      }
    }
    if (positionals.size() == 1 && !positionals.get(0).choices().isEmpty()) {
      Positional only = positionals.get(0);
      if (!only.choices().contains(parsed.arguments().get(0))) {
        throw notAChoice(only.label(), parsed.arguments().get(0), only.choices());
      }
    }
  }

  private Failure notAChoice(String what, String value, List<String> choices) {
    String nearest = Nearest.to(value, choices);
    return Failure.usage(
        what + " must be " + String.join(" or ", choices) + ", got \"" + value + "\"",
        nearest == null ? synopsis() : "did you mean " + nearest + "?");
  }

  private Failure explain(CommandLine.ParameterException e) {
    if (e instanceof CommandLine.UnmatchedArgumentException unmatched) {
      String word = unmatched.getUnmatched().get(0);
      if (!word.startsWith("-")) {
        return Failure.usage("unexpected argument \"" + word + "\"", synopsis());
      }
      int equals = word.indexOf('=');
      String bare = equals < 0 ? word : word.substring(0, equals);
      List<String> names = new ArrayList<>();
      for (Option option : options) {
        names.addAll(option.names());
      }
      String nearest = Nearest.to(bare, names);
      return Failure.usage(
          "banger " + name() + " has no option \"" + bare + "\"",
          nearest == null ? "banger " + name() + " --help" : "did you mean " + nearest + "?");
    }
    if (e.getArgSpec() instanceof OptionSpec option) {
      if (e instanceof CommandLine.MissingParameterException) {
        return Failure.usage(option.longestName() + " needs a value", synopsis());
      }
      if (e instanceof CommandLine.OverwrittenOptionException) {
        return Failure.usage(option.longestName() + " may be given only once", synopsis());
      }
      return Failure.usage(option.longestName() + ": " + e.getMessage(), synopsis());
    }
    return Failure.usage(e.getMessage(), synopsis());
  }
}
