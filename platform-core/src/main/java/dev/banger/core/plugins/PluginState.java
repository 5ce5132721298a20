package dev.banger.core.plugins;

import java.util.Locale;

/** How a plugin is. */
public enum PluginState {
  ACTIVE,
  /** The user does not want it. */
  DISABLED,
  /** It is fine, but something around it is not: the API's version, a plugin it collides with. */
  BLOCKED,
  /** It is broken. */
  FAILED;

  /** As in JSON. */
  public String wireName() {
    return name().toLowerCase(Locale.ROOT);
  }
}
