package dev.banger.core.plugins;

import dev.banger.api.CapabilityException;
import dev.banger.api.FailureKind;
import dev.banger.core.model.BangerException;
import dev.banger.core.model.ErrorKind;
import java.util.List;

/** Carries failures over the wall between plugins and the core. */
final class Failures {
  private static final int LONGEST = 1000;

  private Failures() {}

  static CapabilityException toPlugin(BangerException e) {
    return new CapabilityException(
        FailureKind.valueOf(e.kind().name()), e.getMessage(), e.hint(), e);
  }

  /**
   * What came out of a plugin, as plain data: nothing of it is kept that would hold on to the
   * plugin's classes. Runs the plugin's own code ({@code getMessage}), so call it where that is
   * allowed to hang.
   */
  static BangerException fromPlugin(String pluginId, String what, Throwable thrown) {
    if (thrown instanceof CapabilityException failure) {
      return new BangerException(
          ErrorKind.valueOf(failure.kind().name()),
          bounded(failure.getMessage()),
          bounded(failure.hint()));
    }
    return new BangerException(
        ErrorKind.INTERNAL,
        "plugin %s failed in %s: %s".formatted(pluginId, what, describe(thrown)),
        "this is a defect of the plugin; the daemon's log has more",
        List.of(),
        null);
  }

  private static String describe(Throwable thrown) {
    String name = thrown.getClass().getSimpleName();
    try {
      String message = thrown.getMessage();
      return message == null || message.isBlank() ? name : name + ": " + bounded(message);
    } catch (Throwable worse) {
      return name;
    }
  }

  private static String bounded(String text) {
    if (text == null) {
      return "no reason given";
    }
    return text.length() <= LONGEST ? text : text.substring(0, LONGEST) + "...";
  }
}
