package dev.banger.core.plugins;

import dev.banger.api.CapabilityException;
import dev.banger.api.CommandFollower;
import dev.banger.api.CommandResult;
import dev.banger.core.lifecycle.Progress;
import dev.banger.hooks.Lines;
import java.time.Duration;
import java.util.List;

/**
 * What plugins do after the commands of others. Each behind its own gate; whatever becomes of it,
 * the command has gone well. Thread-safe.
 */
final class Followers {
  /** As {@link CommandFollower} says. */
  static final Duration LIMIT = Duration.ofSeconds(30);

  private final LoadedVersions versions;
  private final Duration limit;

  Followers(LoadedVersions versions, Duration limit) {
    this.versions = versions;
    this.limit = limit;
  }

  /**
   * Calls those of the role one after the other, in the order of their plugins' ids.
   *
   * @param arguments what the command was called with
   */
  void follow(String role, CallArguments arguments, CommandResult result, Progress progress)
      throws InterruptedException {
    List<String> ids =
        versions.active().stream()
            .filter(plugin -> plugin.registration().followers().containsKey(role))
            .map(HostedPlugin::id)
            .sorted()
            .toList();
    for (String id : ids) {
      follow(id, role, arguments, result, progress);
    }
  }

  private void follow(
      String id, String role, CallArguments arguments, CommandResult result, Progress progress)
      throws InterruptedException {
    // Held one at a time, and looked up anew: meanwhile it may have been replaced or switched off.
    var held = versions.hold(id);
    if (held.isEmpty()) {
      return;
    }
    try (LoadedVersions.Hold hold = held.get()) {
      HostedPlugin plugin = hold.plugins().getFirst();
      CommandFollower follower = plugin.registration().followers().get(role);
      if (follower == null) {
        return;
      }
      try {
        var _ =
            plugin
                .gate()
                .enter(
                    "after-" + role,
                    limit,
                    lease -> {
                      follower.follow(
                          arguments.call(
                              plugin.context(lease),
                              new Stages(progress, lease),
                              lease,
                              CallArguments.Ends.NONE),
                          result);
                      return true;
                    });
      } catch (CapabilityException e) {
        progress.stage(plugin.id(), "note", told(plugin, e));
      }
    }
  }

  private static String told(HostedPlugin plugin, CapabilityException e) {
    String hint = e.hint().isEmpty() ? "" : " (" + e.hint() + ")";
    return Lines.of(plugin.title() + ": " + e.getMessage() + hint);
  }
}
