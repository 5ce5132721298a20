package dev.banger.cli;

import dev.banger.cli.base.Failure;
import dev.banger.cli.command.PluginCommand;
import dev.banger.cli.daemon.Daemon;
import dev.banger.cli.daemon.Manifests;
import dev.banger.cli.term.Console;
import dev.banger.client.BangerClient;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The plugins' commands and where they are found: at their path, unless a built-in command is there
 * or two plugins want it; and always at {@code x PLUGIN PATH...}.
 */
final class PluginCatalog {
  /** Goes before a plugin's id and one of its commands. */
  static final String WORD = "x";

  private final List<PluginCommand> commands;

  private PluginCatalog(List<PluginCommand> commands) {
    this.commands = commands;
  }

  /** A command and the words that led to it. */
  record Found(PluginCommand command, List<String> path) {}

  /** From the daemon where it runs, else from what it last told. */
  static PluginCatalog known(Console console) {
    return new PluginCatalog(PluginCommand.all(Manifests.known(console)));
  }

  /** From the daemon, started where none runs. */
  static PluginCatalog asked(Console console) {
    try (BangerClient client = Daemon.connect(console)) {
      return new PluginCatalog(PluginCommand.all(Manifests.fetch(console, client)));
    }
  }

  /** Those that help shows. */
  List<PluginCommand> offered() {
    List<PluginCommand> offered = new ArrayList<>();
    for (PluginCommand command : commands) {
      if (!command.isHidden()) {
        offered.add(command);
      }
    }
    return offered;
  }

  /** The words to type for {@code command}. */
  List<String> place(PluginCommand command) {
    return isShadowed(command.path()) || isContested(command) ? longPlace(command) : command.path();
  }

  private static List<String> longPlace(PluginCommand command) {
    List<String> place = new ArrayList<>(List.of(WORD, command.plugin()));
    place.addAll(command.path());
    return place;
  }

  /** Whether the words lead to something built in. */
  private static boolean isShadowed(List<String> path) {
    String first = path.get(0);
    if (Catalog.isGroup(first)) {
      return path.size() == 1 || Catalog.create(first + " " + path.get(1)) != null;
    }
    return first.equals(WORD)
        || first.equals("help")
        || Catalog.shortForm(first) != null
        || Catalog.create(first) != null;
  }

  private boolean isContested(PluginCommand command) {
    for (PluginCommand other : commands) {
      if (other != command && other.path().equals(command.path())) {
        return true;
      }
    }
    return false;
  }

  /**
   * The command that {@code words} begin with, the longest one; or null.
   *
   * @throws Failure of kind {@code ambiguous} when two plugins have that one
   */
  Found find(List<String> words) {
    boolean isLong = words.get(0).equals(WORD);
    List<PluginCommand> best = new ArrayList<>();
    int length = 0;
    for (PluginCommand command : commands) {
      List<String> path = isLong ? longPlace(command) : command.path();
      if ((isLong || !isShadowed(path)) && path.size() >= length && startsWith(words, path)) {
        if (path.size() > length) {
          best.clear();
        }
        length = path.size();
        best.add(command);
      }
    }
    if (best.size() > 1) {
      throw contested(best);
    }
    return best.isEmpty() ? null : new Found(best.get(0), words.subList(0, length));
  }

  private static Failure contested(List<PluginCommand> commands) {
    List<String> plugins = new ArrayList<>();
    List<String> ways = new ArrayList<>();
    for (PluginCommand command : commands) {
      plugins.add(command.plugin());
      ways.add("banger " + String.join(" ", longPlace(command)));
    }
    return Failure.failed(
        "ambiguous",
        "\""
            + String.join(" ", commands.get(0).path())
            + "\" is a command of more than one plugin: "
            + String.join(", ", plugins),
        String.join(", or ", ways));
  }

  /**
   * The list that the next argument of {@code command} names a thing of: of {@code vm session show}
   * its argument {@code session} is on {@code vm session list}.
   *
   * @param given the arguments before it
   */
  Optional<PluginCommand.Listing> listing(PluginCommand command, List<String> given) {
    for (PluginCommand other : commands) {
      Optional<PluginCommand.Listing> listing = command.listing(other, given);
      if (listing.isPresent()) {
        return listing;
      }
    }
    return Optional.empty();
  }

  /** The words that may follow {@code words} in commands that help shows. */
  List<String> nextWords(List<String> words) {
    List<String> next = new ArrayList<>();
    boolean isLong = !words.isEmpty() && words.get(0).equals(WORD);
    for (PluginCommand command : offered()) {
      List<String> path = isLong ? longPlace(command) : command.path();
      if ((isLong || !isShadowed(path))
          && path.size() > words.size()
          && startsWith(path, words)
          && !next.contains(path.get(words.size()))) {
        next.add(path.get(words.size()));
      }
    }
    return next;
  }

  private static boolean startsWith(List<String> words, List<String> beginning) {
    return words.size() >= beginning.size() && words.subList(0, beginning.size()).equals(beginning);
  }
}
