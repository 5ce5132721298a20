package dev.banger.testkit.sample;

import dev.banger.api.ToolCall;
import dev.banger.api.ToolResult;
import dev.banger.testkit.ToolScript;
import java.util.Map;
import java.util.TreeMap;

/** Knows {@code add NAME ADDRESS}, {@code delete NAME} and {@code list}; {@code add} replaces. */
public final class FakeNft implements ToolScript {
  private final Map<String, String> rules = new TreeMap<>();

  @Override
  public ToolResult run(ToolCall call) {
    return switch (call.argv().get(1)) {
      case "add" -> {
        rules.put(call.argv().get(2), call.argv().get(3));
        yield new ToolResult(0, "", "");
      }
      case "delete" ->
          rules.remove(call.argv().get(2)) == null
              ? new ToolResult(1, "", "no such rule")
              : new ToolResult(0, "", "");
      default -> new ToolResult(0, String.join("\n", rules.keySet()), "");
    };
  }

  @Override
  public Map<String, String> state() {
    return Map.copyOf(rules);
  }

  /** Somebody else removes a rule. */
  public synchronized void remove(String rule) {
    rules.remove(rule);
  }
}
