package dev.banger.core.plugins;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiFunction;
import org.pf4j.AbstractPluginManager;
import org.pf4j.DefaultExtensionFactory;
import org.pf4j.DefaultPluginDescriptor;
import org.pf4j.DefaultVersionManager;
import org.pf4j.ExtensionFactory;
import org.pf4j.ExtensionFinder;
import org.pf4j.ExtensionWrapper;
import org.pf4j.PluginDescriptor;
import org.pf4j.PluginDescriptorFinder;
import org.pf4j.PluginFactory;
import org.pf4j.PluginLoader;
import org.pf4j.PluginRepository;
import org.pf4j.PluginStatusProvider;
import org.pf4j.VersionManager;

/**
 * PF4J reduced to what it does well: descriptors, wrappers, plugin class loaders. Which plugins
 * there are, whether they are wanted and what their entry class is comes from our {@link Catalog};
 * PF4J's scanning, extension index, status file and bulk start and stop (which lose plugins, see
 * pf4j#656) are not used. Not thread-safe, like PF4J.
 */
final class Pf4jPlugins extends AbstractPluginManager {
  private final Map<Path, PluginManifest> manifests = new ConcurrentHashMap<>();
  private final BiFunction<PluginManifest, ClassLoader, HostedPlugin> hosting;

  Pf4jPlugins(BiFunction<PluginManifest, ClassLoader, HostedPlugin> hosting) {
    this.hosting = hosting;
  }

  /** Loads and starts one plugin; what went wrong is in the returned object. */
  HostedPlugin load(PluginManifest manifest, Path dir) {
    manifests.put(dir, manifest);
    loadPlugin(dir);
    HostedPlugin plugin = (HostedPlugin) getPlugin(manifest.id()).getPlugin();
    startPlugin(manifest.id());
    return plugin;
  }

  /** Stops it if it is started, closes its class loader and forgets it. */
  void unload(String id) {
    if (getPlugin(id) != null) {
      unloadPlugin(id, false);
    }
  }

  // The super constructor calls the create methods before our fields are set: they only hand out
  // objects that look at fields later.

  @Override
  protected PluginDescriptorFinder createPluginDescriptorFinder() {
    return new PluginDescriptorFinder() {
      @Override
      public boolean isApplicable(Path path) {
        return manifests.containsKey(path);
      }

      @Override
      public PluginDescriptor find(Path path) {
        PluginManifest manifest = manifests.get(path);
        return new DefaultPluginDescriptor(
            manifest.id(), "", manifest.identity().entry(), manifest.version(), "*", "", "");
      }
    };
  }

  @Override
  protected PluginLoader createPluginLoader() {
    FilteredParent parent = new FilteredParent(Pf4jPlugins.class.getClassLoader());
    return new PluginLoader() {
      @Override
      public boolean isApplicable(Path path) {
        return manifests.containsKey(path);
      }

      @Override
      public ClassLoader loadPlugin(Path path, PluginDescriptor descriptor) {
        IsolatedLoader loader = new IsolatedLoader(Pf4jPlugins.this, descriptor, parent);
        jars(path.resolve("lib")).forEach(jar -> loader.addFile(jar.toFile()));
        return loader;
      }
    };
  }

  private static Set<Path> jars(Path lib) {
    Set<Path> jars = new TreeSet<>();
    if (Files.isDirectory(lib)) {
      try (DirectoryStream<Path> stream = Files.newDirectoryStream(lib, "*.jar")) {
        stream.forEach(jars::add);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    return jars;
  }

  @Override
  protected PluginFactory createPluginFactory() {
    return wrapper ->
        hosting.apply(manifests.get(wrapper.getPluginPath()), wrapper.getPluginClassLoader());
  }

  @Override
  protected PluginRepository createPluginRepository() {
    return new PluginRepository() {
      @Override
      public List<Path> getPluginPaths() {
        return List.of();
      }

      @Override
      public boolean deletePluginPath(Path path) {
        return false;
      }
    };
  }

  @Override
  protected PluginStatusProvider createPluginStatusProvider() {
    return new PluginStatusProvider() {
      @Override
      public boolean isPluginDisabled(String id) {
        return false;
      }

      @Override
      public void disablePlugin(String id) {
        // What is disabled is said in the configuration.
      }

      @Override
      public void enablePlugin(String id) {
        // What is disabled is said in the configuration.
      }
    };
  }

  @Override
  protected ExtensionFactory createExtensionFactory() {
    return new DefaultExtensionFactory();
  }

  @Override
  protected VersionManager createVersionManager() {
    return new DefaultVersionManager();
  }

  /** The manifest names the entry class; PF4J looks for none. */
  @Override
  protected ExtensionFinder createExtensionFinder() {
    return new ExtensionFinder() {
      @Override
      public <T> List<ExtensionWrapper<T>> find(Class<T> type) {
        return List.of();
      }

      @Override
      public <T> List<ExtensionWrapper<T>> find(Class<T> type, String pluginId) {
        return List.of();
      }

      @Override
      @SuppressWarnings("rawtypes") // PF4J's signature
      public List<ExtensionWrapper> find(String pluginId) {
        return List.of();
      }

      @Override
      public Set<String> findClassNames(String pluginId) {
        return Set.of();
      }
    };
  }
}
