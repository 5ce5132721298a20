package dev.banger.testkit;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * One use of somebody else's command that the plugin follows, with the VM {@code web} running.
 *
 * @param role as declared, for example {@code vm.run.import}
 * @param values of the command's arguments and options, by name; flags {@code "true"}
 * @param result the fields of what the command answered
 */
public record FollowerCase(String role, Map<String, String> values, Map<String, ?> result) {
  public FollowerCase {
    values = Map.copyOf(values);
    result = Collections.unmodifiableMap(new LinkedHashMap<>(result));
  }

  public static FollowerCase of(String role, Map<String, String> values, Map<String, ?> result) {
    return new FollowerCase(role, values, result);
  }
}
