package dev.banger.cli.base;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.ParseResult;

/**
 * What was typed.
 *
 * @param arguments what is no option
 * @param command the words after {@code --}
 */
public record Parsed(ParseResult result, List<String> arguments, List<String> command) {
  public boolean flag(String name) {
    return result.hasMatchedOption(name);
  }

  /** The option's value, or null when it was not given. */
  public String value(String name) {
    return result.matchedOptionValue(name, (String) null);
  }

  /** All values of a repeatable option. */
  public List<String> values(String name) {
    return result.matchedOptionValue(name, new ArrayList<String>());
  }

  /** The {@code K=V} values of a repeatable option, in order; the last of a key holds. */
  public Map<String, String> pairs(String name) {
    Map<String, String> pairs = new LinkedHashMap<>();
    for (String pair : values(name)) {
      int equals = pair.indexOf('=');
      if (equals < 1) {
        throw Failure.usage(name + " must be KEY=VALUE, got \"" + pair + "\"", name + " KEY=VALUE");
      }
      pairs.put(pair.substring(0, equals), pair.substring(equals + 1));
    }
    return pairs;
  }

  /** The argument at {@code index}, or null. */
  public String argument(int index) {
    return index < arguments.size() ? arguments.get(index) : null;
  }
}
