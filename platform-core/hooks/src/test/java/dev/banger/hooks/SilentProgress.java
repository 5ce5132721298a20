package dev.banger.hooks;

import dev.banger.api.Progress;

/** Tells nobody. */
final class SilentProgress implements Progress {
  @Override
  public void started(String stage) {}

  @Override
  public void note(String stage, String message) {}

  @Override
  public void done(String stage, String message) {}
}
