package dev.banger.plugin.nat;

import dev.banger.api.CapabilityException;
import dev.banger.api.FailureKind;
import dev.banger.api.ToolResult;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Two tables of nftables, {@code inet banger} and {@code bridge banger}. */
record Nft(Tool tool) implements Firewall {
  static final String NAME = "nft";
  private static final List<String> TABLES = List.of("inet banger", "bridge banger");
  private static final Pattern CHAIN_OF =
      Pattern.compile("table (ip|ip6|inet) (\\S+) \\{.*?\\n\\}", Pattern.DOTALL);

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public void load(List<Guest> guests) throws InterruptedException {
    Listing there = loaded();
    for (String table : TABLES) {
      if (there.commentOf(table).filter(comment -> !comment.equals(Ruleset.MARK)).isPresent()) {
        throw new CapabilityException(
            FailureKind.CONFLICT,
            "there is a table %s already, and it is not banger's".formatted(table),
            "look at it: nft list table %1$s; if nothing needs it: nft delete table %1$s"
                .formatted(table));
      }
    }
    if (!guests.isEmpty()) {
      tool.output(List.of("nft", "-f", "-"), Ruleset.of(guests, sent(there)));
    } else if (isAny(there)) {
      tool.output(List.of("nft", "-f", "-"), Ruleset.NONE);
    }
  }

  @Override
  public Optional<String> difference(List<Guest> guests) throws InterruptedException {
    Listing there = loaded();
    if (guests.isEmpty()) {
      return isAny(there) ? Optional.of("rules are loaded for nobody") : Optional.empty();
    }
    return there.differenceTo(Listing.of(Ruleset.of(guests, Map.of())));
  }

  @Override
  public Map<String, Traffic> traffic() throws InterruptedException {
    return sent(loaded());
  }

  private static Map<String, Traffic> sent(Listing there) {
    return there.counters("set inet banger sent4");
  }

  @Override
  public Set<String> tagged() throws InterruptedException {
    Set<String> ids = new TreeSet<>();
    for (String tag : loaded().tags()) {
      ids.add(tag.replaceFirst("^banger:", ""));
    }
    return ids;
  }

  @Override
  public boolean isThere() throws InterruptedException {
    return isAny(loaded());
  }

  private static boolean isAny(Listing there) {
    return TABLES.stream()
        .anyMatch(table -> there.commentOf(table).filter(Ruleset.MARK::equals).isPresent());
  }

  @Override
  public boolean othersForward() throws InterruptedException {
    return !forwarders(tool).isEmpty();
  }

  /** Tables of other programs with a say in what is forwarded: {@code ip filter} and its chains. */
  static Map<String, String> forwarders(Tool tool) throws InterruptedException {
    Map<String, String> found = new java.util.TreeMap<>();
    Matcher table = CHAIN_OF.matcher(tool.output(List.of("nft", "list", "chains")));
    while (table.find()) {
      if (table.group().contains("hook forward") && !table.group(2).equals("banger")) {
        found.put(table.group(1) + " " + table.group(2), table.group());
      }
    }
    return found;
  }

  @Override
  public Passed passed() throws InterruptedException {
    Listing there = loaded();
    return new Passed(
        packets(there, "chain inet banger crossing", "banger:new"),
        packets(there, "chain inet banger leaving", "banger:nat"));
  }

  private static long packets(Listing there, String chain, String rule) {
    Traffic count = there.counters(chain).get(rule);
    return count == null ? 0 : count.packets();
  }

  /** Of our tables, those that are there; of somebody else's of that name, the comment alone. */
  private Listing loaded() throws InterruptedException {
    List<String> texts = new ArrayList<>();
    for (String table : TABLES) {
      List<String> argv = new ArrayList<>(List.of("nft", "list", "table"));
      argv.addAll(List.of(table.split(" ")));
      ToolResult result = tool.run(argv);
      if (result.ok()) {
        texts.add(marked(table, result.stdout()));
      } else if (!result.stderr().contains("No such file or directory")) {
        throw Tool.failure(argv, result);
      }
    }
    return Listing.of(String.join("\n", texts));
  }

  private static String marked(String table, String text) {
    Optional<String> comment = Listing.of(text).commentOf(table);
    return comment.filter(Ruleset.MARK::equals).isPresent()
        ? text
        : "table %s {\ncomment \"%s\"\n}".formatted(table, comment.orElse(""));
  }
}
