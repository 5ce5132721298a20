package dev.banger.core.plugins;

import dev.banger.api.OpenContext;
import dev.banger.api.PluginContext;
import dev.banger.hooks.Background;
import dev.banger.hooks.ContextView;

/** What a plugin gets when it is opened. */
final class OpeningContext extends ContextView implements OpenContext {
  private final Background threads;

  OpeningContext(PluginContext context, Background threads) {
    super(context);
    this.threads = threads;
  }

  @Override
  public void background(String name, Work work) {
    threads.start(name, work);
  }
}
