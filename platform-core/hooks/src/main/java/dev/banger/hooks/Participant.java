package dev.banger.hooks;

import dev.banger.api.PluginContext;
import dev.banger.api.build.Registration;

/** A loaded version of a plugin, as the engine sees it. */
public interface Participant {
  String id();

  String version();

  /** Of its code: tells builds of the same version apart. Empty when there is none to tell. */
  String digest();

  Registration registration();

  Gate gate();

  /**
   * @param lease of the call into the plugin that the context is for
   */
  PluginContext context(Lease lease);

  /** As in messages: {@code nat 1.0.0}. */
  default String title() {
    return id() + " " + version();
  }
}
