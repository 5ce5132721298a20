package dev.banger.hooks;

import dev.banger.api.CapabilityException;
import dev.banger.api.FailureKind;

/** Makes plain data of what came out of a plugin. */
final class Failures {
  private static final int LONGEST = 1000;

  private Failures() {}

  /**
   * Nothing is kept that would hold on to the plugin's classes. Runs the plugin's own code ({@code
   * getMessage}), so call it where that is allowed to hang.
   */
  static CapabilityException fromPlugin(String pluginId, String what, Throwable thrown) {
    if (thrown instanceof CapabilityException failure) {
      return new CapabilityException(
          failure.kind(), bounded(failure.getMessage()), bounded(failure.hint()));
    }
    return new CapabilityException(
        FailureKind.INTERNAL,
        opening(pluginId, what) + describe(thrown),
        "this is a defect of the plugin; the daemon's log has more");
  }

  /** How the message of a defect begins. */
  static String opening(String pluginId, String what) {
    return "plugin %s failed in %s: ".formatted(pluginId, what);
  }

  static String describe(Throwable thrown) {
    String name = thrown.getClass().getSimpleName();
    try {
      String message = thrown.getMessage();
      return message == null || message.isBlank() ? name : name + ": " + bounded(message);
    } catch (Throwable worse) {
      return name;
    }
  }

  static String bounded(String text) {
    if (text == null) {
      return "no reason given";
    }
    return text.length() <= LONGEST ? text : text.substring(0, LONGEST) + "...";
  }
}
