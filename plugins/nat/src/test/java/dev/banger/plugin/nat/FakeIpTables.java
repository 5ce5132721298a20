package dev.banger.plugin.nat;

import dev.banger.api.ToolCall;
import dev.banger.api.ToolResult;
import dev.banger.testkit.ToolScript;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** As much of iptables as the plugin uses, as strict about what is not there. */
final class FakeIpTables implements ToolScript {
  private static final List<String> BUILT_IN =
      List.of("raw PREROUTING", "nat POSTROUTING", "filter FORWARD", "filter INPUT");

  private final Map<String, List<String>> chains = new TreeMap<>();

  FakeIpTables() {
    BUILT_IN.forEach(chain -> chains.put(chain, new ArrayList<>()));
  }

  @Override
  public ToolResult run(ToolCall call) {
    if (!call.isPrivileged()) {
      return new ToolResult(4, "", "Permission denied (you must be root)");
    }
    List<String> words = call.argv();
    if (!words.subList(0, 4).equals(List.of("iptables", "-w", "5", "-t"))) {
      throw new AssertionError(words);
    }
    String chain = words.get(4) + " " + words.get(6);
    List<String> rules = chains.get(chain);
    List<String> rest = words.subList(7, words.size());
    boolean fine =
        switch (words.get(5)) {
          case "-N" -> chains.putIfAbsent(chain, new ArrayList<>()) == null;
          case "-F" -> rules != null && clear(rules);
          case "-X" ->
              rules != null && rules.isEmpty() && !jumped(chain) && chains.remove(chain) != null;
          case "-D" -> rules != null && rules.remove(String.join(" ", rest));
          case "-I" -> rules != null && insert(rules, rest);
          default -> throw new AssertionError(words);
        };
    return fine ? new ToolResult(0, "", "") : new ToolResult(1, "", "Bad rule or chain: " + words);
  }

  private static boolean clear(List<String> rules) {
    rules.clear();
    return true;
  }

  private boolean jumped(String chain) {
    String target = " -j " + chain.split(" ")[1];
    return chains.values().stream().flatMap(List::stream).anyMatch(rule -> rule.endsWith(target));
  }

  private static boolean insert(List<String> rules, List<String> rest) {
    int place = Integer.parseInt(rest.getFirst());
    if (place > rules.size() + 1) {
      return false;
    }
    rules.add(place - 1, String.join(" ", rest.subList(1, rest.size())));
    return true;
  }

  /** {@code iptables-save -c}. */
  ToolResult save(ToolCall call) {
    StringBuilder text = new StringBuilder();
    for (String table : List.of("raw", "nat", "filter")) {
      text.append("*").append(table).append('\n');
      Map<String, List<String>> here = new LinkedHashMap<>();
      chains.forEach(
          (chain, rules) -> {
            if (chain.startsWith(table + " ")) {
              here.put(chain.split(" ")[1], rules);
            }
          });
      here.keySet().forEach(chain -> text.append(":%s - [0:0]\n".formatted(chain)));
      here.forEach(
          (chain, rules) ->
              rules.forEach(
                  rule ->
                      text.append(
                          "[0:0] -A %s %s\n"
                              .formatted(chain, rule.replaceAll("(banger:\\S+)", "\"$1\"")))));
      text.append("COMMIT\n");
    }
    return new ToolResult(call.isPrivileged() ? 0 : 1, text.toString(), "");
  }

  void flush() {
    chains.values().forEach(List::clear);
  }

  @Override
  public Map<String, String> state() {
    return chains.entrySet().stream()
        .filter(entry -> !BUILT_IN.contains(entry.getKey()) || !entry.getValue().isEmpty())
        .collect(Collectors.toMap(Map.Entry::getKey, entry -> String.join("\n", entry.getValue())));
  }
}
