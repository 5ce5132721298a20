package dev.banger.core.boot;

import com.google.inject.AbstractModule;
import com.google.inject.Provider;
import com.google.inject.Provides;
import dev.banger.core.config.Config;
import dev.banger.core.host.Commands;
import dev.banger.core.lifecycle.CpuLoad;
import dev.banger.core.lifecycle.Extensions;
import dev.banger.core.lifecycle.HostNetwork;
import dev.banger.core.lifecycle.ImageCatalog;
import dev.banger.core.lifecycle.Upkeep;
import dev.banger.core.lifecycle.VmService;
import dev.banger.core.plugins.HookExtensions;
import dev.banger.core.plugins.PluginRuntime;
import dev.banger.core.plugins.PluginSettings;
import dev.banger.core.store.SqlitePluginStore;
import dev.banger.hooks.HookEngine;
import dev.banger.hooks.HostCalls;
import dev.banger.hooks.InstalledPlugins;
import dev.banger.hooks.JfrHostCalls;
import dev.banger.hooks.JfrWatcher;
import dev.banger.hooks.Journal;
import jakarta.inject.Singleton;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Optional;
import java.util.Set;

/** The plugins, and how they and the lifecycle meet. */
@SuppressWarnings("CloseableProvides") // Opened closes them, in reverse order
final class PluginModule extends AbstractModule {
  @Provides
  @Singleton
  PluginRuntime runtime(
      Layout layout,
      Commands commands,
      Provider<VmService> vms,
      ImageCatalog images,
      HostNetwork network,
      SqlitePluginStore stores,
      Upkeep upkeep,
      Provider<Optional<CpuLoad>> load,
      Journal journal,
      InstalledPlugins installed,
      HostCalls calls,
      Opened opened) {
    Path data = layout.directories().data();
    Path home = Path.of(System.getProperty("user.home"));
    PluginRuntime runtime =
        new PluginRuntime(
            new PluginSettings(
                layout.pluginRoots(),
                layout.directories().state().resolve("plugins"),
                layout.pluginStore(),
                data.resolve("plugin-data"),
                home,
                () -> wishes(layout.config().load())),
            new CorePorts(vms, images, network, stores, upkeep, load),
            commands,
            calls,
            journal,
            installed);
    opened.add("the plugins", runtime);
    runtime.start();
    return runtime;
  }

  private static PluginSettings.Wishes wishes(Config config) {
    return new PluginSettings.Wishes(Set.copyOf(config.disabledPlugins()), config.pluginTables());
  }

  @Provides
  HostCalls hostCalls() {
    return new JfrHostCalls();
  }

  @Provides
  @Singleton
  HookEngine engine(Journal journal, PluginRuntime plugins) {
    return new HookEngine(journal, plugins, new JfrWatcher(), InstantSource.system());
  }

  @Provides
  @Singleton
  Extensions extensions(
      HookEngine engine,
      Journal journal,
      HostNetwork network,
      PluginRuntime plugins,
      SqlitePluginStore stores) {
    stores.dropOrphans();
    return new HookExtensions(engine, journal, network, new Around(plugins, stores));
  }
}
