package dev.banger.core.plugins;

import java.util.List;

/**
 * A plugin as {@code plugin list} shows it.
 *
 * @param version empty when not even that could be read
 * @param reason why it is not active; empty when it is
 * @param origin the directory or zip it was found in
 */
public record PluginInfo(
    String id,
    String version,
    String description,
    PluginState state,
    String reason,
    List<String> steps,
    List<String> commands,
    List<String> checks,
    List<String> permissions,
    String origin) {
  public PluginInfo {
    steps = List.copyOf(steps);
    commands = List.copyOf(commands);
    checks = List.copyOf(checks);
    permissions = List.copyOf(permissions);
  }
}
