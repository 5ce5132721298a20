package dev.banger.cli;

import dev.banger.cli.base.Command;
import dev.banger.cli.base.Failure;
import dev.banger.cli.base.Invocation;
import dev.banger.cli.base.Nearest;
import dev.banger.cli.base.Options;
import dev.banger.cli.base.Parsed;
import dev.banger.cli.term.Console;
import dev.banger.cli.term.Text;
import dev.banger.client.Json;
import dev.banger.client.RpcException;
import java.util.ArrayList;
import java.util.List;

/** Finds the command that was typed, runs it, and tells how it failed. */
final class Dispatcher {
  private final Console console;

  Dispatcher(Console console) {
    this.console = console;
  }

  int run(String[] args) {
    boolean asJson = wantsJson(args);
    try {
      return dispatch(args);
    } catch (Failure e) {
      return tell(e, asJson);
    } catch (RpcException e) {
      return tell(Failure.of(e), asJson);
    } catch (Exception | StackOverflowError e) {
      if (!console.variable("BANGER_DEBUG").isEmpty()) {
        e.printStackTrace(console.err());
      }
      return tell(
          Failure.failed(
              "internal",
              "defect in banger: " + e,
              "set BANGER_DEBUG=1 to see where, and please report it"),
          asJson);
    }
  }

  private int dispatch(String[] args) throws Exception {
    List<String> words = new ArrayList<>(List.of(args));
    List<String> leading = takeLeadingOptions(words);
    if (leading.contains("--version") || leading.contains("-V")) {
      words.clear();
      words.add("version");
      leading.removeAll(List.of("--version", "-V"));
    }
    boolean isHelp = leading.contains("-h") || leading.contains("--help");
    if (words.isEmpty() || words.get(0).equals("help")) {
      return help(words.isEmpty() ? words : words.subList(1, words.size()));
    }
    if (words.get(0).equals(CompletionAnswer.WORD)) {
      return new CompletionAnswer(console).run(words.subList(1, words.size()));
    }
    String first = words.get(0);
    String path = Catalog.shortForm(first);
    int used = 1;
    if (path == null && Catalog.isGroup(first)) {
      if (words.size() == 1 || words.get(1).equals("--help") || words.get(1).equals("-h")) {
        return group(first, isHelp || words.size() > 1);
      }
      path = first + " " + words.get(1);
      used = 2;
    } else if (path == null) {
      path = first;
    }
    Command command = Catalog.create(path);
    List<String> commandPath = command == null ? null : List.of(path.split(" "));
    if (command == null) {
      PluginCatalog added = PluginCatalog.known(console);
      PluginCatalog.Found found = added.find(words);
      if (found == null && isWorthStarting(words)) {
        // What was kept may be of before plugins were added.
        added = PluginCatalog.asked(console);
        found = added.find(words);
      }
      if (found == null) {
        return first.equals(PluginCatalog.WORD) && isUpToAPlugin(words)
            ? Help.plugins(console, added, words.size() < 2 ? "" : words.get(1))
            : unknown(words, added);
      }
      command = found.command();
      commandPath = found.path();
      used = commandPath.size();
    }
    leading.addAll(words.subList(used, words.size()));
    return run(command, commandPath, leading);
  }

  private int run(Command command, List<String> path, List<String> words) throws Exception {
    Options options = new Options(path);
    command.describe(options);
    Parsed parsed = options.parse(words);
    if (parsed.flag("--help")) {
      Help.command(console, options);
      return 0;
    }
    try (Invocation call = new Invocation(console, parsed)) {
      return command.run(call);
    }
  }

  /** Options may stand before the first word too; they are the command's own all the same. */
  private static List<String> takeLeadingOptions(List<String> words) {
    List<String> leading = new ArrayList<>();
    while (!words.isEmpty() && words.get(0).startsWith("-")) {
      String word = words.remove(0);
      leading.add(word);
      if ((word.equals("-o") || word.equals("--output")) && !words.isEmpty()) {
        leading.add(words.remove(0));
      }
    }
    return leading;
  }

  private int help(List<String> words) throws Exception {
    if (words.isEmpty()) {
      Help.all(console);
      return 0;
    }
    List<String> withHelp = new ArrayList<>(words);
    withHelp.add("--help");
    return dispatch(withHelp.toArray(new String[0]));
  }

  private int group(String group, boolean asked) {
    if (asked) {
      Help.group(console, console.out(), group);
      return 0;
    }
    Help.group(console, console.err(), group);
    return Failure.USAGE;
  }

  /** {@code x}, {@code x --help}, {@code x PLUGIN} or {@code x PLUGIN --help}. */
  private static boolean isUpToAPlugin(List<String> words) {
    int help = words.size() - 1;
    if (help > 0 && (words.get(help).equals("--help") || words.get(help).equals("-h"))) {
      words.remove(help);
    }
    return words.size() <= 2;
  }

  /** Whether unknown words may well be a plugin's, so that a daemon is started to ask. */
  private static boolean isWorthStarting(List<String> words) {
    if (words.size() < 3 || words.get(2).startsWith("-")) {
      return false;
    }
    return words.get(0).equals(PluginCatalog.WORD)
        || (Catalog.isGroup(words.get(0))
            && Nearest.to(words.get(1), Catalog.words(words.get(0))) == null);
  }

  private static int unknown(List<String> words, PluginCatalog added) {
    List<String> path = new ArrayList<>();
    List<String> next = known(path, added);
    while (path.size() < words.size() && next.contains(words.get(path.size()))) {
      path.add(words.get(path.size()));
      next = known(path, added);
    }
    String prefix = "banger " + (path.isEmpty() ? "" : String.join(" ", path) + " ");
    if (path.size() == words.size()) {
      throw Failure.usage(
          "\"" + prefix.strip() + "\" is not a whole command",
          prefix + String.join("|", next) + ", with --help for more");
    }
    String word = words.get(path.size());
    String nearest = Nearest.to(word, next);
    String hint =
        (path.isEmpty() ? prefix : "banger " + path.get(0) + " ") + "--help lists the commands";
    String shortened = Catalog.shortForm(word);
    if (shortened != null && path.size() == 1 && shortened.startsWith(path.get(0) + " ")) {
      hint = "did you mean banger " + shortened + "?";
    } else if (nearest != null) {
      hint = "did you mean " + prefix + nearest + "?";
    } else if (path.isEmpty() && groupOf(word) != null) {
      hint = "did you mean banger " + groupOf(word) + " " + word + "?";
    }
    throw Failure.usage("banger has no command \"" + prefix.substring(7) + word + "\"", hint);
  }

  /** The words that may follow {@code path}. */
  private static List<String> known(List<String> path, PluginCatalog added) {
    List<String> next = new ArrayList<>();
    if (path.size() < 2) {
      next.addAll(Catalog.words(String.join(" ", path)));
    }
    for (String word : added.nextWords(path)) {
      if (!next.contains(word)) {
        next.add(word);
      }
    }
    return next;
  }

  private static String groupOf(String verb) {
    for (String[] group : Catalog.groups()) {
      if (Catalog.words(group[0]).contains(verb)) {
        return group[0];
      }
    }
    return null;
  }

  private static boolean wantsJson(String[] args) {
    for (int i = 0; i < args.length && !args[i].equals("--"); i++) {
      String word = args[i];
      if (word.equals("-ojson") || word.equals("-o=json") || word.equals("--output=json")) {
        return true;
      }
      if ((word.equals("-o") || word.equals("--output"))
          && i + 1 < args.length
          && args[i + 1].equals("json")) {
        return true;
      }
    }
    return false;
  }

  private int tell(Failure failure, boolean asJson) {
    console.out().flush();
    if (asJson) {
      console.out().println(Json.build().put("error", failure.toJson()).done());
      return failure.exitCode();
    }
    boolean isRed = console.isLively();
    console
        .err()
        .println(
            (isRed ? "\u001b[31merror:\u001b[0m " : "error: ") + Text.safe(failure.getMessage()));
    for (String detail : failure.details()) {
      console.err().println("  " + Text.safe(detail));
    }
    if (!failure.hint().isEmpty()) {
      console.err().println("hint:  " + Text.safe(failure.hint()));
    }
    return failure.exitCode();
  }
}
