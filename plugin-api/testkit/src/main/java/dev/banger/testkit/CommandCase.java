package dev.banger.testkit;

import java.util.Map;

/**
 * One use of a command, with the VM {@code web} running.
 *
 * @param path as declared, for example {@code audit list}
 * @param values of arguments and options, by name; flags {@code "true"}
 */
public record CommandCase(String path, Map<String, String> values) {
  public CommandCase {
    values = Map.copyOf(values);
  }

  public static CommandCase of(String path, Map<String, String> values) {
    return new CommandCase(path, values);
  }
}
