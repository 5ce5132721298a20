package dev.banger.plugin.filesync;

import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** What an entry may say. Collects what is wrong, each with the index of its entry. */
final class EntryRules {
  private static final Pattern MODE = Pattern.compile("0?[0-7]{3}");
  private static final int LONGEST = 1024;
  private static final int LONGEST_NAME = 255;

  private final Path home;
  private final List<String> problems = new ArrayList<>();

  /**
   * @param home what {@code ~/} stands for on the host
   */
  EntryRules(Path home) {
    this.home = home;
  }

  List<String> problems() {
    return problems;
  }

  /** The entries that are fine by themselves. */
  List<Source> sources(List<Entry> entries) {
    List<Source> sources = new ArrayList<>();
    for (int i = 0; i < entries.size(); i++) {
      Entry entry = entries.get(i);
      Optional<Path> host = host(i, entry.host());
      Optional<String> guest = guest(i, entry.guest());
      Optional<Integer> mode = mode(i, entry.mode());
      if (host.isPresent() && guest.isPresent()) {
        sources.add(new Source(i, host.get(), guest.get(), mode));
      }
    }
    for (Source source : sources) {
      sources.stream()
          .filter(other -> other.index() != source.index())
          .forEach(other -> compare(source, other));
    }
    return sources;
  }

  private void compare(Source one, Source other) {
    if (one.index() > other.index() && one.guest().equals(other.guest())) {
      refuse(
          one.index(),
          "guest is \"%s\", as that of %s; one of them is to go"
              .formatted(Text.guest(one.guest()), other.title()));
    } else if (one.guest().startsWith(other.guest() + "/") && Files.isRegularFile(other.host())) {
      refuse(
          one.index(),
          "guest \"%s\" is inside \"%s\", which %s makes a file"
              .formatted(Text.guest(one.guest()), Text.guest(other.guest()), other.title()));
    }
  }

  private Optional<Path> host(int index, Optional<String> given) {
    Optional<String> text = path(index, "host", given);
    if (text.isEmpty()) {
      return Optional.empty();
    }
    String path = text.get();
    if (!path.startsWith("/") && !path.startsWith("~/")) {
      return refuse(index, "host must be an absolute path or begin with ~/, got " + quoted(path));
    }
    try {
      Path found = path.startsWith("~/") ? home.resolve(trimmed(path, 2)) : Path.of(path);
      return Optional.of(found.normalize());
    } catch (InvalidPathException e) {
      return refuse(index, "host is no path in this locale: " + quoted(path));
    }
  }

  private Optional<String> guest(int index, Optional<String> given) {
    Optional<String> text = path(index, "guest", given);
    if (text.isEmpty()) {
      return Optional.empty();
    }
    String path = text.get();
    if (!path.startsWith("/") && !path.startsWith("~/")) {
      return refuse(index, "guest must begin with ~/ or /root/, got " + quoted(path));
    }
    List<String> names = names(path);
    int above =
        path.startsWith("~") || (!names.isEmpty() && names.getFirst().equals("root")) ? 1 : 0;
    List<String> below = names.subList(Math.min(above, names.size()), names.size());
    if (above == 0 || below.isEmpty()) {
      return refuse(index, "guest must be under ~/ or /root/, got " + quoted(path));
    }
    for (String name : below) {
      if (Text.bytes(name).length() > LONGEST_NAME) {
        return refuse(index, "guest has a name of more than 255 bytes: " + quoted(path));
      }
    }
    return Optional.of(Text.bytes(String.join("/", below)));
  }

  /** What holds for both paths. */
  private Optional<String> path(int index, String key, Optional<String> given) {
    if (given.isEmpty()) {
      return refuse(index, key + " is missing");
    }
    String path = given.get();
    if (path.isBlank()) {
      return refuse(index, key + " is empty");
    }
    if (path.length() > LONGEST) {
      return refuse(index, "%s is longer than %d characters".formatted(key, LONGEST));
    }
    if (path.chars().anyMatch(Character::isISOControl)) {
      return refuse(
          index, "%s must have no control characters, got %s".formatted(key, quoted(path)));
    }
    if (path.startsWith("~") && !path.equals("~") && !path.startsWith("~/")) {
      return refuse(
          index, "%s must not begin with ~user, only with ~/, got %s".formatted(key, quoted(path)));
    }
    if (List.of(path.split("/")).contains("..")) {
      return refuse(index, "%s must not have .. in it, got %s".formatted(key, quoted(path)));
    }
    return Optional.of(path.equals("~") ? "~/" : path);
  }

  private Optional<Integer> mode(int index, Optional<String> given) {
    if (given.isEmpty()) {
      return Optional.empty();
    }
    if (!MODE.matcher(given.get()).matches()) {
      return refuse(
          index,
          "mode must be octal digits from \"0000\" to \"0777\", such as \"0600\", got "
              + quoted(given.get()));
    }
    return Optional.of(Integer.parseInt(given.get(), 8));
  }

  private <T> Optional<T> refuse(int index, String problem) {
    problems.add(Source.title(index) + ": " + problem);
    return Optional.empty();
  }

  private static String trimmed(String path, int from) {
    int start = from;
    while (start < path.length() && path.charAt(start) == '/') {
      start++;
    }
    return path.substring(start);
  }

  /** Without empty ones and {@code .}; those of {@code ~/} begin with {@code ~}. */
  private static List<String> names(String path) {
    return List.of(path.split("/")).stream()
        .filter(name -> !name.isEmpty() && !name.equals("."))
        .toList();
  }

  private static String quoted(String text) {
    return '"' + Text.shown(text) + '"';
  }
}
