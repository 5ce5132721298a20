package dev.banger.core.plugins;

import org.pf4j.ClassLoadingStrategy;
import org.pf4j.PluginClassLoader;
import org.pf4j.PluginDescriptor;
import org.pf4j.PluginManager;

/** A plugin's own jars first, but never its own copy of the API. */
final class IsolatedLoader extends PluginClassLoader {
  IsolatedLoader(PluginManager manager, PluginDescriptor descriptor, ClassLoader parent) {
    super(manager, descriptor, parent, ClassLoadingStrategy.PDA);
  }

  @Override
  public Class<?> loadClass(String name) throws ClassNotFoundException {
    return FilteredParent.isShared(name) ? getParent().loadClass(name) : super.loadClass(name);
  }

  /** Whether a class of that name was loaded from the plugin's own jars. */
  boolean hasLoaded(String className) {
    Class<?> loaded = findLoadedClass(className);
    return loaded != null && loaded.getClassLoader() == this;
  }
}
