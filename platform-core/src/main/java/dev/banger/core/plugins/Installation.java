package dev.banger.core.plugins;

import java.util.List;
import java.util.Optional;

/**
 * What was installed, or would be.
 *
 * @param digest SHA-256 of the zip
 * @param previousVersion what was used before
 * @param state that it has now; that it would have, for a dry run
 * @param note what people should know; may be empty
 */
public record Installation(
    String id,
    String version,
    String digest,
    Optional<String> previousVersion,
    List<String> permissions,
    List<String> steps,
    List<String> commands,
    List<String> checks,
    List<String> hooks,
    String description,
    PluginState state,
    String note) {
  public Installation {
    permissions = List.copyOf(permissions);
    steps = List.copyOf(steps);
    commands = List.copyOf(commands);
    checks = List.copyOf(checks);
    hooks = List.copyOf(hooks);
  }
}
