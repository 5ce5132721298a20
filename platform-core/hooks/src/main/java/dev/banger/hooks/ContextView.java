package dev.banger.hooks;

import dev.banger.api.CapabilityHost;
import dev.banger.api.PluginContext;
import dev.banger.api.PluginStore;
import java.nio.file.Path;

/** A context that is another one, and more. */
public abstract class ContextView implements PluginContext {
  private final PluginContext context;

  protected ContextView(PluginContext context) {
    this.context = context;
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
