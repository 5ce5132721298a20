package dev.banger.core.plugins;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URLConnection;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
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
import org.pf4j.PluginRepository;
import org.pf4j.PluginStatusProvider;
import org.pf4j.VersionManager;

/**
 * PF4J reduced to what it does well: descriptors, wrappers, plugin class loaders. Which plugins
 * there are, whether they are wanted and what their entry class is comes from our {@link Catalog};
 * PF4J's scanning, extension index, status file and bulk start and stop (which lose plugins, see
 * pf4j#656) are not used. For one version of one plugin: PF4J is not thread-safe, and holds one
 * version of an id at a time.
 */
final class Pf4jPlugins extends AbstractPluginManager {
  static {
    // Jar files that the JVM caches for URLs outlive the class loader, and their plugin's files.
    URLConnection.setDefaultUseCaches("jar", false);
  }

  private final FoundPlugin found;
  private final FilteredParent parent;
  private final Function<IsolatedLoader, HostedPlugin> hosting;

  Pf4jPlugins(
      FoundPlugin found, FilteredParent parent, Function<IsolatedLoader, HostedPlugin> hosting) {
    this.found = found;
    this.parent = parent;
    this.hosting = hosting;
  }

  /** Makes the class loader and the wrapper; no code of the plugin runs. */
  HostedPlugin load() {
    loadPlugin(found.dir());
    return (HostedPlugin) getPlugin(found.id()).getPlugin();
  }

  /** Starts it; what went wrong is in the plugin. */
  void start() {
    startPlugin(found.id());
  }

  /** Stops it if it is started, closes its class loader and forgets it. */
  void unload() {
    if (getPlugin(found.id()) != null) {
      unloadPlugin(found.id(), false);
    }
  }

  // The super constructor calls the create methods before our fields are set: they only hand out
  // objects that look at fields later.

  @Override
  protected PluginDescriptorFinder createPluginDescriptorFinder() {
    return new PluginDescriptorFinder() {
      @Override
      public boolean isApplicable(Path path) {
        return path.equals(found.dir());
      }

      @Override
      public PluginDescriptor find(Path path) {
        PluginManifest manifest = found.manifest().orElseThrow();
        return new DefaultPluginDescriptor(
            manifest.id(), "", manifest.identity().entry(), manifest.version(), "*", "", "");
      }
    };
  }

  @Override
  protected org.pf4j.PluginLoader createPluginLoader() {
    return new org.pf4j.PluginLoader() {
      @Override
      public boolean isApplicable(Path path) {
        return path.equals(found.dir());
      }

      @Override
      public ClassLoader loadPlugin(Path path, PluginDescriptor descriptor) {
        IsolatedLoader loader = new IsolatedLoader(Pf4jPlugins.this, descriptor, parent);
        Path classes = path.resolve("classes");
        if (Files.isDirectory(classes)) {
          loader.addFile(classes.toFile());
        }
        jars(path.resolve("lib")).forEach(jar -> loader.addFile(jar.toFile()));
        return loader;
      }
    };
  }

  static Set<Path> jars(Path lib) {
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
    return wrapper -> hosting.apply((IsolatedLoader) wrapper.getPluginClassLoader());
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
