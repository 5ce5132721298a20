package dev.banger.cli;

import dev.banger.cli.base.Failure;
import dev.banger.cli.base.Option;
import dev.banger.cli.base.Options;
import dev.banger.cli.base.Positional;
import dev.banger.cli.command.PluginCommand;
import dev.banger.cli.term.Console;
import dev.banger.cli.term.Text;
import dev.banger.client.BangerClient;
import dev.banger.client.DaemonSocket;
import dev.banger.client.Json;
import dev.banger.client.RpcException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Answers the completion scripts: the words so far, the last one unfinished, give the candidates,
 * one a line. Starts no daemon and prints no error: Tab stays quiet.
 */
final class CompletionAnswer {
  static final String WORD = "__complete";

  private static final Duration PATIENCE = Duration.ofSeconds(1);

  private final Console console;

  CompletionAnswer(Console console) {
    this.console = console;
  }

  int run(List<String> words) {
    String unfinished = words.isEmpty() ? "" : words.getLast();
    List<String> before = words.isEmpty() ? words : words.subList(0, words.size() - 1);
    for (String candidate : candidates(before, unfinished)) {
      boolean fits = candidate.startsWith(unfinished) || candidate.equals(":path");
      if (fits && Text.safe(candidate).equals(candidate)) {
        console.out().println(candidate);
      }
    }
    return 0;
  }

  private List<String> candidates(List<String> before, String unfinished) {
    if (before.contains("--")) {
      return List.of(":path");
    }
    List<String> words = new ArrayList<>(before);
    if (words.isEmpty()) {
      List<String> first = new ArrayList<>(Catalog.words(""));
      first.addAll(PluginCatalog.known(console).nextWords(List.of()));
      return first;
    }
    String path = Catalog.shortForm(words.get(0));
    int used = 1;
    if (path == null && Catalog.isGroup(words.get(0))) {
      if (words.size() == 1) {
        List<String> second = new ArrayList<>(Catalog.words(words.get(0)));
        second.addAll(PluginCatalog.known(console).nextWords(words));
        return second;
      }
      path = words.get(0) + " " + words.get(1);
      used = 2;
    } else if (path == null) {
      path = words.get(0);
    }
    if (Catalog.create(path) != null) {
      return arguments(Catalog.describe(path), words.subList(used, words.size()), unfinished, null);
    }
    PluginCatalog added = PluginCatalog.known(console);
    PluginCatalog.Found found = find(added, words);
    if (found != null && !found.command().isHidden()) {
      Options options = new Options(found.path());
      found.command().describe(options);
      return arguments(
          options,
          words.subList(found.path().size(), words.size()),
          unfinished,
          given -> listed(added.listing(found.command(), given)));
    }
    return added.nextWords(words);
  }

  private static PluginCatalog.Found find(PluginCatalog added, List<String> words) {
    try {
      return added.find(words);
    } catch (Failure e) {
      // Two plugins have it; running it will tell.
      return null;
    }
  }

  /** What is on a list that an argument names a thing of. */
  private interface Listed {
    /**
     * @param given the arguments before it
     */
    List<String> after(List<String> given);
  }

  private List<String> arguments(
      Options options, List<String> words, String unfinished, Listed listed) {
    Option open = null;
    List<String> positionals = new ArrayList<>();
    List<String> given = new ArrayList<>();
    for (String word : words) {
      if (open != null) {
        open = null;
      } else if (word.startsWith("-")) {
        Option option = find(options, word);
        given.add(word);
        open = option != null && option.label() != null ? option : null;
      } else {
        positionals.add(word);
      }
    }
    if (open != null) {
      return values(open.kind(), open.choices(), unfinished, List.of());
    }
    List<String> candidates = new ArrayList<>();
    if (unfinished.startsWith("-")) {
      for (Option option : options.options()) {
        if (option.repeatable() || !given.contains(option.name())) {
          candidates.add(option.name());
        }
      }
      return candidates;
    }
    int seen = 0;
    for (Positional positional : options.positionals()) {
      if (positionals.size() < seen + (long) positional.most()) {
        if (listed != null && positional.kind().equals("text")) {
          return listed.after(positionals);
        }
        return values(positional.kind(), positional.choices(), unfinished, words);
      }
      seen += positional.most();
    }
    if (options.commandSummary() != null) {
      candidates.add("--");
    }
    return candidates;
  }

  private static Option find(Options options, String word) {
    for (Option option : options.options()) {
      if (option.names().contains(word)) {
        return option;
      }
    }
    return null;
  }

  private List<String> values(
      String kind, List<String> choices, String unfinished, List<String> given) {
    return switch (kind) {
      case "choice" -> choices;
      case "path" -> List.of(":path");
      case "vm" -> names("vm.list", "name", given, "");
      case "image" -> names("image.list", "name", given, "");
      case "plugin" -> names("plugin.list", "id", given, "");
      case "op" -> names("op.list", "id", given, "");
      case "config" -> configKeys();
      case "vm:path" -> {
        List<String> both = new ArrayList<>();
        if (unfinished.indexOf('/') < 0 && unfinished.indexOf(':') < 0) {
          both.addAll(names("vm.list", "name", List.of(), ":"));
        }
        both.add(":path");
        yield both;
      }
      default -> List.of();
    };
  }

  /** As the daemon declares them; the build writes the file. */
  private static List<String> configKeys() {
    try (InputStream in = CompletionAnswer.class.getResourceAsStream("config-keys.txt")) {
      return in == null
          ? List.of()
          : List.of(new String(in.readAllBytes(), StandardCharsets.UTF_8).split("\n"));
    } catch (IOException e) {
      return List.of();
    }
  }

  private List<String> listed(Optional<PluginCommand.Listing> listing) {
    List<String> names = new ArrayList<>();
    try {
      Optional<BangerClient> running =
          listing.isEmpty()
              ? Optional.empty()
              : BangerClient.connect(DaemonSocket.path(console.env()), PATIENCE);
      if (running.isPresent()) {
        try (BangerClient client = running.get()) {
          for (Json row : listing.get().rows(console, client, PATIENCE)) {
            names.add(row.text("name"));
          }
        }
      }
    } catch (RpcException | Failure e) {
      return List.of();
    }
    return names;
  }

  private List<String> names(String method, String field, List<String> given, String suffix) {
    List<String> names = new ArrayList<>();
    try {
      Optional<BangerClient> running =
          BangerClient.connect(DaemonSocket.path(console.env()), PATIENCE);
      if (running.isPresent()) {
        try (BangerClient client = running.get()) {
          for (Json thing : client.call(method, Json.build().done(), PATIENCE).elements()) {
            String name = thing.text(field);
            if (!given.contains(name)) {
              names.add(name + suffix);
            }
          }
        }
      }
    } catch (RpcException | Failure e) {
      return List.of();
    }
    return names;
  }
}
