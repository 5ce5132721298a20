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
  FAILED,
  /** It is there no more: what a removal answers. Nothing in a list is in this state. */
  REMOVED;

  /** As in JSON. */
  public String wireName() {
    return name().toLowerCase(Locale.ROOT);
  }
}
