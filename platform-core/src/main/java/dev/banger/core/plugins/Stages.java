package dev.banger.core.plugins;

import dev.banger.api.Progress;
import dev.banger.hooks.Lease;
import java.util.regex.Pattern;

/** Hands a plugin's progress on, in bounds. */
record Stages(dev.banger.core.lifecycle.Progress sink, Lease lease) implements Progress {
  private static final Pattern NAME = Pattern.compile("[a-z][a-z0-9_-]{0,39}");
  private static final int LONGEST = 500;

  @Override
  public void started(String stage) {
    tell(stage, "started", "");
  }

  @Override
  public void note(String stage, String message) {
    tell(stage, "note", message);
  }

  @Override
  public void done(String stage, String message) {
    tell(stage, "done", message);
  }

  private void tell(String stage, String status, String message) {
    lease.check();
    if (!NAME.matcher(stage).matches()) {
      throw new IllegalArgumentException(
          "a stage is named in snake case or by the plugin's id, not \"" + stage + "\"");
    }
    sink.stage(stage, status, message.substring(0, Math.min(LONGEST, message.length())));
  }
}
