package dev.banger.hooks;

import dev.banger.api.Progress;

/** What a plugin tells the user: on one line, and only while its call lasts. */
final class PluginProgress implements Progress {
  private static final int LONGEST_STAGE = 60;

  private final Progress progress;
  private final Lease lease;

  PluginProgress(Progress progress, Lease lease) {
    this.progress = progress;
    this.lease = lease;
  }

  @Override
  public void started(String stage) {
    lease.check();
    progress.started(named(stage));
  }

  @Override
  public void note(String stage, String message) {
    lease.check();
    progress.note(named(stage), Lines.of(message));
  }

  @Override
  public void done(String stage, String message) {
    lease.check();
    progress.done(named(stage), Lines.of(message));
  }

  private static String named(String stage) {
    String name =
        stage == null
            ? ""
            : stage.toLowerCase(java.util.Locale.ROOT).replaceAll("[^a-z0-9_-]", "_");
    return name.isEmpty() ? "plugin" : name.substring(0, Math.min(name.length(), LONGEST_STAGE));
  }
}
