package dev.banger.plugin.nat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What is in tables of packet rules, read from the text that nft prints, or is given: rules by
 * their comments, because nft words the rest differently from version to version.
 */
final class Listing {
  private static final Pattern BLOCK = Pattern.compile("(table|set|chain) (.+) \\{");
  private static final Pattern HOOK = Pattern.compile("type (\\w+) hook (\\w+) .*");
  private static final Pattern COMMENT = Pattern.compile("(.*?) ?comment \"([^\"]*)\"");
  private static final Pattern COUNTER =
      Pattern.compile("(.*?) ?counter packets (\\d+) bytes (\\d+)(.*)");

  /** Of tables, by family and name. */
  private final Map<String, String> comments = new TreeMap<>();

  /** Elements without counters, by table and set. */
  private final Map<String, Set<String>> sets = new TreeMap<>();

  /** Hooks and comments of rules in their order, by table and chain. */
  private final Map<String, List<String>> chains = new TreeMap<>();

  private final Map<String, Firewall.Traffic> counters = new TreeMap<>();
  private final Set<String> tags = new TreeSet<>();

  private String table = "";
  private String place = "";

  private Listing() {}

  static Listing of(String text) {
    Listing listing = new Listing();
    // Elements go over several lines.
    String joined = text.replaceAll(",\\s*\\n\\s*", ", ");
    joined.lines().map(String::strip).forEach(listing::line);
    return listing;
  }

  private void line(String line) {
    Matcher block = BLOCK.matcher(line);
    if (block.matches()) {
      begin(block.group(1), block.group(2));
    } else if (place.startsWith("set ") && line.startsWith("elements = {")) {
      for (String element : line.replaceAll("^elements = \\{|\\}$", "").split(",", -1)) {
        element(element.strip());
      }
    } else if (place.startsWith("chain ")) {
      inChain(line);
    } else if (place.startsWith("table ")) {
      comment(line).ifPresent(comment -> comments.put(table, comment));
    }
    if (line.equals("}")) {
      place = "table " + table;
    }
  }

  private void begin(String kind, String name) {
    if (kind.equals("table")) {
      table = name;
      place = "table " + name;
      return;
    }
    place = "%s %s %s".formatted(kind, table, name);
    if (kind.equals("set")) {
      sets.put(place, new TreeSet<>());
    } else {
      chains.put(place, new ArrayList<>());
    }
  }

  private void inChain(String line) {
    List<String> rules = chains.get(place);
    Matcher hook = HOOK.matcher(line);
    if (hook.matches()) {
      rules.add("hook " + hook.group(2));
    } else if (!line.equals("}") && rules != null) {
      String name = comment(line).orElse("a rule without a comment: " + line);
      rules.add(name);
      count(place + " " + name, line);
    }
  }

  private void element(String text) {
    String tag = comment(text).orElse("");
    tags.add(tag);
    Matcher comment = COMMENT.matcher(text);
    String bare = comment.matches() ? comment.group(1) : text;
    Matcher counter = COUNTER.matcher(bare);
    if (counter.matches()) {
      bare = counter.group(1);
      count(place + " " + bare, text);
    }
    sets.get(place).add(bare.strip() + " " + tag);
  }

  private void count(String what, String text) {
    Matcher counter = COUNTER.matcher(text);
    if (counter.matches()) {
      counters.put(
          what,
          new Firewall.Traffic(Long.parseLong(counter.group(2)), Long.parseLong(counter.group(3))));
    }
  }

  private static Optional<String> comment(String text) {
    Matcher comment = COMMENT.matcher(text);
    return comment.matches() ? Optional.of(comment.group(2)) : Optional.empty();
  }

  /** Of a table, for example {@code inet banger}. */
  Optional<String> commentOf(String name) {
    return Optional.ofNullable(comments.get(name));
  }

  /** Comments of elements. */
  Set<String> tags() {
    return tags;
  }

  /** Of a set's elements or a chain's rules, for example {@code set inet banger sent4}. */
  Map<String, Firewall.Traffic> counters(String of) {
    Map<String, Firewall.Traffic> found = new TreeMap<>();
    counters.forEach(
        (what, count) -> {
          if (what.startsWith(of + " ")) {
            found.put(what.substring(of.length() + 1), count);
          }
        });
    return found;
  }

  /** The first thing in which this is not as that; empty when nothing is. */
  Optional<String> differenceTo(Listing wanted) {
    for (Map.Entry<String, String> comment : wanted.comments.entrySet()) {
      if (!comment.getValue().equals(comments.get(comment.getKey()))) {
        return Optional.of("table " + comment.getKey() + " is missing");
      }
    }
    return different(chains, wanted.chains).or(() -> different(sets, wanted.sets));
  }

  private static <T> Optional<String> different(Map<String, T> is, Map<String, T> wanted) {
    return wanted.entrySet().stream()
        .filter(entry -> !entry.getValue().equals(is.get(entry.getKey())))
        .map(
            entry ->
                is.containsKey(entry.getKey())
                    ? entry.getKey() + " is not as it was loaded"
                    : entry.getKey() + " is missing")
        .findFirst();
  }
}
