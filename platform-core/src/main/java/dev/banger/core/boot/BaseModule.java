package dev.banger.core.boot;

import com.google.inject.AbstractModule;
import dev.banger.core.config.Config;
import dev.banger.core.host.Commands;
import dev.banger.core.host.ProcessCommands;

/** What is there before anything is wired, and the strictness of the wiring. */
final class BaseModule extends AbstractModule {
  private final Layout layout;
  private final Config config;
  private final Opened opened;

  BaseModule(Layout layout, Config config, Opened opened) {
    this.layout = layout;
    this.config = config;
    this.opened = opened;
  }

  @Override
  protected void configure() {
    binder().requireExplicitBindings();
    binder().requireExactBindingAnnotations();
    binder().disableCircularProxies();
    bind(Layout.class).toInstance(layout);
    bind(Config.class).toInstance(config);
    bind(Opened.class).toInstance(opened);
    bind(Commands.class).toInstance(new ProcessCommands());
  }
}
