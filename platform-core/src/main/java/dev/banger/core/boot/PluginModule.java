package dev.banger.core.boot;

import com.google.inject.AbstractModule;
import com.google.inject.Provider;
import com.google.inject.Provides;
import com.google.inject.Singleton;
import dev.banger.core.config.Config;
import dev.banger.core.host.Commands;
import dev.banger.core.lifecycle.DiskProvisioner.EarlyFile;
import dev.banger.core.lifecycle.Extensions;
import dev.banger.core.lifecycle.GuestLink;
import dev.banger.core.lifecycle.VmService;
import dev.banger.core.model.BangerException;
import dev.banger.core.model.ErrorKind;
import dev.banger.core.model.VmId;
import dev.banger.core.model.VmRecord;
import dev.banger.core.plugins.PluginPorts;
import dev.banger.core.plugins.PluginRuntime;
import dev.banger.core.plugins.PluginSettings;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;

/** The plugins, and how they and the lifecycle meet. */
@SuppressWarnings("CloseableProvides") // Opened closes them, in reverse order
final class PluginModule extends AbstractModule {
  private static final Duration EARLY_FILES_LIMIT = Duration.ofSeconds(30);
  private static final Duration LINK_LIMIT = Duration.ofSeconds(30);

  @Provides
  @Singleton
  PluginRuntime runtime(
      Layout layout, Config config, Commands commands, Provider<VmService> vms, Opened opened) {
    Path data = layout.directories().data();
    PluginRuntime runtime =
        new PluginRuntime(
            new PluginSettings(
                List.of(data.resolve("plugins"), layout.pluginsDir()),
                layout.directories().state().resolve("plugins"),
                data.resolve("plugin-data"),
                Set.copyOf(config.disabledPlugins()),
                config.pluginTexts()),
            ports(vms),
            commands);
    opened.add("the plugins", runtime);
    runtime.start();
    return runtime;
  }

  /** Plugins are there before the VMs are; they ask for VMs only later. */
  private static PluginPorts ports(Provider<VmService> vms) {
    return new PluginPorts() {
      @Override
      public VmRecord resolve(String ref) {
        return vms.get().resolve(ref);
      }

      @Override
      public GuestLink guest(VmId id) {
        try {
          return vms.get().link(vms.get().resolve(id.value()), LINK_LIMIT);
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
          throw new BangerException(
              ErrorKind.UNAVAILABLE, "interrupted while connecting to the guest");
        }
      }
    };
  }

  @Provides
  @Singleton
  Extensions extensions(PluginRuntime plugins) {
    return new Extensions() {
      @Override
      public List<EarlyFile> earlyFiles(VmRecord vm) throws InterruptedException {
        return plugins.earlyFiles(vm, EARLY_FILES_LIMIT);
      }

      @Override
      public List<String> vmRemoved(VmRecord vm) throws InterruptedException {
        return plugins.vmRemoved(vm);
      }
    };
  }
}
