package dev.banger.core.plugins;

import dev.banger.api.CapabilityHost;
import dev.banger.api.OpenContext;
import dev.banger.api.PluginStore;
import java.nio.file.Path;

/** What a plugin gets when it is opened. */
record OpeningContext(Context context, Background threads) implements OpenContext {
  @Override
  public void background(String name, Work work) {
    threads.start(name, work);
  }

  @Override
  public String pluginId() {
    return context.pluginId();
  }

  @Override
  public Path dataDir() {
    return context.dataDir();
  }

  @Override
  public <C extends Record> C config(Class<C> type) {
    return context.config(type);
  }

  @Override
  public PluginStore store() {
    return context.store();
  }

  @Override
  public CapabilityHost host() {
    return context.host();
  }

  @Override
  public System.Logger log() {
    return context.log();
  }
}
