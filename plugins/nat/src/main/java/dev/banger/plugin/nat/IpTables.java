package dev.banger.plugin.nat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Chains of our own in the tables of iptables, for hosts without nft. One rule at a time, so chains
 * are filled before anything jumps to them, and a jump is taken away before what it leads to.
 *
 * <p>Without a table for bridges a guest is told by its MAC and IPv4 address together; that they
 * come from its own device, and what it says by ARP, is not looked at.
 */
record IpTables(Tool tool) implements Firewall {
  static final String NAME = "iptables";

  private static final List<String> ALONE = List.of("iptables", "-w", "5");
  private static final Pattern COMMENT = Pattern.compile("--comment \"?(banger:[^\" ]+)\"?");
  private static final Pattern SOURCE = Pattern.compile(" -s ([0-9.]+)/32 ");
  private static final Pattern MAC =
      Pattern.compile("--mac-source ([0-9a-f:]{17})", Pattern.CASE_INSENSITIVE);

  /** Counts, and decides nothing. */
  private static final String NEW = "-m conntrack --ctstate NEW -m comment --comment banger:new";

  private static final Pattern COUNTED = Pattern.compile("\\[(\\d+):(\\d+)\\] (.*)");

  // Chains are texts, table and name: the kernel's and those of others come as they are.
  private static final String SOURCES = "raw BANGER-SOURCE";
  private static final String OUT = "filter BANGER-OUT";
  private static final String FORWARD = "filter BANGER-FORWARD";
  private static final String INPUT = "filter BANGER-INPUT";
  private static final String NAT = "nat BANGER-NAT";

  /** In the order in which they are made; what jumps comes after what it jumps to. */
  private static final List<String> OURS = List.of(SOURCES, NAT, OUT, FORWARD, INPUT);

  private static String table(String chain) {
    return chain.split(" ", 2)[0];
  }

  private static String name(String chain) {
    return chain.split(" ", 2)[1];
  }

  private static boolean isOurs(String chain) {
    return name(chain).startsWith("BANGER-");
  }

  @Override
  public String name() {
    return NAME;
  }

  /** What all chains are to hold; jumps last. */
  private static Map<String, List<String>> wanted(List<Guest> guests) {
    String bridge = Ruleset.bridge(guests);
    List<String> sources = new ArrayList<>();
    List<String> out = new ArrayList<>();
    List<String> nat = new ArrayList<>();
    for (Guest guest : guests) {
      String source = "-s %s/32 ".formatted(guest.address());
      sources.add(
          rule("%s-m mac --mac-source %s ".formatted(source, guest.mac()), guest.tag(), "RETURN"));
      if (guest.outbound()) {
        out.add(source + NEW);
        out.add(rule(source, guest.tag(), "ACCEPT"));
        nat.add(rule(source + "! -o " + bridge + " ", guest.tag(), "MASQUERADE"));
      }
    }
    sources.add(rule("", "banger:spoof", "DROP"));
    String in = "-i " + bridge + " ";
    String to = "-o " + bridge + " ";
    String known = "-m conntrack --ctstate RELATED,ESTABLISHED ";
    Map<String, List<String>> all = new LinkedHashMap<>();
    all.put(SOURCES, sources);
    all.put(NAT, nat);
    all.put(OUT, out);
    all.put(
        FORWARD,
        List.of(
            rule(in + to, "banger:isolate", "DROP"),
            rule(in + "-d 169.254.0.0/16 ", "banger:local", "DROP"),
            rule(in, "banger:out", name(OUT)),
            rule(in, "banger:no-nat", "DROP"),
            rule(to + known, "banger:back", "ACCEPT"),
            rule(to, "banger:in", "DROP")));
    all.put(
        INPUT,
        List.of(
            rule(known, "banger:replies", "ACCEPT"),
            rule("-p icmp -m icmp --icmp-type 8 ", "banger:ping", "ACCEPT"),
            rule("-p udp -m udp --dport 53 ", "banger:dns-udp", "ACCEPT"),
            rule("-p tcp -m tcp --dport 53 ", "banger:dns-tcp", "ACCEPT"),
            rule("", "banger:host-guard", "DROP")));
    all.put("raw PREROUTING", List.of(rule(in, "banger:source", name(SOURCES))));
    all.put("nat POSTROUTING", List.of(rule("", "banger:nat", name(NAT))));
    all.put(
        "filter FORWARD",
        List.of(rule(in, "banger:from", name(FORWARD)), rule(to, "banger:to", name(FORWARD))));
    all.put("filter INPUT", List.of(rule(in, "banger:input", name(INPUT))));
    return all;
  }

  private static String rule(String match, String comment, String target) {
    return match + "-m comment --comment " + comment + " -j " + target;
  }

  /** What tells a rule from others in its chain, however it is worded. */
  private static String identity(String rule) {
    String padded = " " + rule;
    return "%s %s %s"
        .formatted(
            first(COMMENT, padded),
            first(SOURCE, padded),
            first(MAC, padded).toLowerCase(java.util.Locale.ROOT));
  }

  private static String first(Pattern pattern, String text) {
    Matcher matcher = pattern.matcher(text);
    return matcher.find() ? matcher.group(1) : "";
  }

  @Override
  public void load(List<Guest> guests) throws InterruptedException {
    Saved saved = saved();
    if (guests.isEmpty()) {
      clear(saved);
      return;
    }
    for (String chain : OURS) {
      if (!saved.rules.containsKey(chain)) {
        change(chain, "-N");
      }
    }
    for (Map.Entry<String, List<String>> entry : wanted(guests).entrySet()) {
      fill(entry.getKey(), saved.ours(entry.getKey()), entry.getValue());
    }
  }

  /** Takes away what is not wanted, then puts what is missing in its place. */
  private void fill(String chain, List<String> there, List<String> wanted)
      throws InterruptedException {
    List<String> names = wanted.stream().map(IpTables::identity).toList();
    List<String> left = new ArrayList<>();
    for (String rule : there) {
      String name = identity(rule);
      int expected = names.indexOf(name);
      // What is out of its order is put in again below.
      boolean inOrder = left.isEmpty() || expected > names.indexOf(left.getLast());
      if (expected >= 0 && inOrder) {
        left.add(name);
      } else {
        change(chain, "-D", rule);
      }
    }
    for (int i = 0; i < wanted.size(); i++) {
      if (i >= left.size() || !left.get(i).equals(names.get(i))) {
        change(chain, "-I", String.valueOf(i + 1), wanted.get(i));
        left.add(i, names.get(i));
      }
    }
  }

  /** Jumps first, then chains in the reverse of the order they were made in. */
  private void clear(Saved saved) throws InterruptedException {
    for (String chain : saved.rules.keySet()) {
      if (!isOurs(chain)) {
        for (String jump : saved.ours(chain)) {
          change(chain, "-D", jump);
        }
      }
    }
    for (String chain : OURS.reversed()) {
      if (saved.rules.containsKey(chain)) {
        change(chain, "-F");
      }
    }
    for (String chain : OURS.reversed()) {
      if (saved.rules.containsKey(chain)) {
        change(chain, "-X");
      }
    }
  }

  private void change(String chain, String what, String... words) throws InterruptedException {
    List<String> argv = new ArrayList<>(ALONE);
    argv.addAll(List.of("-t", table(chain), what, name(chain)));
    for (String word : words) {
      argv.addAll(List.of(word.replace("\"", "").split(" ")));
    }
    tool.output(argv);
  }

  @Override
  public Optional<String> difference(List<Guest> guests) throws InterruptedException {
    Saved saved = saved();
    if (guests.isEmpty()) {
      return saved.isEmpty() ? Optional.empty() : Optional.of("rules are loaded for nobody");
    }
    for (Map.Entry<String, List<String>> entry : wanted(guests).entrySet()) {
      List<String> is = saved.ours(entry.getKey()).stream().map(IpTables::identity).toList();
      if (!is.equals(entry.getValue().stream().map(IpTables::identity).toList())) {
        return Optional.of(
            "chain %s of table %s is not as it was loaded"
                .formatted(name(entry.getKey()), table(entry.getKey())));
      }
    }
    return Optional.empty();
  }

  @Override
  public Map<String, Traffic> traffic() throws InterruptedException {
    Map<String, Traffic> found = new HashMap<>();
    saved()
        .counters
        .forEach(
            (rule, traffic) -> {
              if (rule.startsWith(name(OUT) + " ") && rule.endsWith(" ACCEPT")) {
                found.put(first(SOURCE, rule), traffic);
              }
            });
    return found;
  }

  @Override
  public Set<String> tagged() throws InterruptedException {
    Set<String> ids = new TreeSet<>();
    for (String rule : saved().ours(SOURCES)) {
      String id = first(COMMENT, rule).replaceFirst("^banger:", "");
      if (id.matches("[0-9a-f]{12}")) {
        ids.add(id);
      }
    }
    return ids;
  }

  @Override
  public boolean isThere() throws InterruptedException {
    return !saved().isEmpty();
  }

  @Override
  public boolean othersForward() throws InterruptedException {
    return saved().othersForward;
  }

  @Override
  public Passed passed() throws InterruptedException {
    Saved saved = saved();
    return new Passed(saved.sum(OUT, "banger:new"), saved.sum(NAT, ""));
  }

  private Saved saved() throws InterruptedException {
    return new Saved(tool.output(List.of("iptables-save", "-c")));
  }

  /** What {@code iptables-save} prints, as far as it concerns us. */
  private static final class Saved {
    private final Map<String, List<String>> rules = new LinkedHashMap<>();
    private final Map<String, Traffic> counters = new HashMap<>();
    private boolean othersForward;

    Saved(String text) {
      String table = "";
      for (String line : text.lines().toList()) {
        if (line.startsWith("*")) {
          table = line.substring(1).strip();
        } else if (line.startsWith(":")) {
          chain(table, line.substring(1).split(" ")[0], line);
        } else {
          Matcher counted = COUNTED.matcher(line);
          if (counted.matches() && counted.group(3).startsWith("-A ")) {
            rule(table, counted);
          }
        }
      }
    }

    private void chain(String table, String name, String line) {
      rules.put(table + " " + name, new ArrayList<>());
      othersForward |= table.equals("filter") && line.startsWith(":FORWARD DROP");
    }

    private void rule(String table, Matcher counted) {
      String[] words = counted.group(3).split(" ", 3);
      String rule = words[2];
      boolean ours = !first(COMMENT, rule).isEmpty();
      String chain = table + " " + words[1];
      othersForward |= !ours && table.equals("filter") && name(chain).equals("FORWARD");
      if (ours || isOurs(chain)) {
        rules.computeIfAbsent(chain, _ -> new ArrayList<>()).add(rule);
        counters.put(
            name(chain) + " " + rule,
            new Traffic(Long.parseLong(counted.group(1)), Long.parseLong(counted.group(2))));
      }
    }

    /** Rules of ours in that chain. */
    List<String> ours(String chain) {
      return rules.getOrDefault(chain, List.of());
    }

    boolean isEmpty() {
      return rules.entrySet().stream()
          .allMatch(entry -> !isOurs(entry.getKey()) && entry.getValue().isEmpty());
    }

    /** Packets that rules of a chain counted whose text has that in it. */
    long sum(String chain, String part) {
      return counters.entrySet().stream()
          .filter(entry -> entry.getKey().startsWith(name(chain) + " "))
          .filter(entry -> entry.getKey().contains(part))
          .mapToLong(entry -> entry.getValue().packets())
          .sum();
    }
  }
}
