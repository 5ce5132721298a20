package dev.banger.core.plugins;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * A plugin as {@code plugin info} shows it.
 *
 * @param manifestJson as on disk; an empty object when it cannot be read
 * @param versions what is in use of it, and what it could be rolled back to
 * @param leaked what unloaded versions left behind, for people; empty when nothing
 * @param leftovers what could not be taken back yet
 */
public record PluginDetails(
    PluginInfo info,
    String manifestJson,
    List<VersionInUse> versions,
    String leaked,
    List<Leftover> leftovers) {
  public PluginDetails {
    versions = List.copyOf(versions);
    leftovers = List.copyOf(leftovers);
  }

  /**
   * @param state {@code active}, {@code draining} or {@code previous}
   * @param usedBy names of VMs
   */
  public record VersionInUse(String version, String digest, String state, List<String> usedBy) {
    public VersionInUse {
      usedBy = List.copyOf(usedBy);
    }
  }

  /**
   * @param attempts how often it was tried
   */
  public record Leftover(
      String vm, String step, String reason, int attempts, Optional<Instant> retryAt) {}
}
