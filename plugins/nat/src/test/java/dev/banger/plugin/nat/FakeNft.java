package dev.banger.plugin.nat;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.banger.api.ToolCall;
import dev.banger.api.ToolResult;
import dev.banger.testkit.ToolScript;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** As much of nft as the plugin uses: tables as texts, loaded all or none. */
final class FakeNft implements ToolScript {
  private static final Pattern STATEMENT =
      Pattern.compile(
          "delete table (\\w+ \\w+)\\n|table (\\w+ \\w+)( \\{\\n.*?\\n\\})?\\n", Pattern.DOTALL);

  private final Map<String, String> tables = new TreeMap<>();

  @Override
  public ToolResult run(ToolCall call) {
    List<String> words = call.argv().subList(1, call.argv().size());
    if (!call.isPrivileged()) {
      return new ToolResult(1, "", "Error: Operation not permitted (you must be root)");
    }
    if (words.equals(List.of("-f", "-"))) {
      return load(call);
    }
    if (words.equals(List.of("list", "chains"))) {
      return new ToolResult(0, String.join("\n", tables.values()) + "\n", "");
    }
    if (words.subList(0, 2).equals(List.of("list", "table"))) {
      String text = tables.get(String.join(" ", words.subList(2, 4)));
      return text == null
          ? new ToolResult(1, "", "Error: No such file or directory")
          : new ToolResult(0, text, "");
    }
    throw new AssertionError(call.argv());
  }

  private ToolResult load(ToolCall call) {
    String text;
    try {
      text = new String(call.stdin().orElseThrow().readAllBytes(), UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Matcher statement = STATEMENT.matcher(text);
    int end = 0;
    while (statement.find()) {
      if (statement.start() != end) {
        throw new AssertionError("not understood: " + text.substring(end));
      }
      end = statement.end();
      if (statement.group(1) != null) {
        tables.remove(statement.group(1));
      } else {
        String body = statement.group(3) == null ? " {\n}" : statement.group(3);
        tables.put(statement.group(2), "table " + statement.group(2) + body);
      }
    }
    if (end != text.length()) {
      throw new AssertionError("not understood: " + text.substring(end));
    }
    return new ToolResult(0, "", "");
  }

  void flush() {
    tables.clear();
  }

  /** Loaded by somebody. */
  void table(String name, String body) {
    tables.put(name, "table %s {\n%s\n}".formatted(name, body));
  }

  @Override
  public Map<String, String> state() {
    return Map.copyOf(tables);
  }
}
