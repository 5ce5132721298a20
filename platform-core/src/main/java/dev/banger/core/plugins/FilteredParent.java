package dev.banger.core.plugins;

/**
 * What plugins see of the daemon: the JDK, the package {@code dev.banger.api}, and PF4J's marker.
 * No class and no resource beyond that, so a library of ours never leaks into a plugin.
 */
final class FilteredParent extends ClassLoader {
  private static final String API = "dev.banger.api.";
  private static final String MARKER = "org.pf4j.ExtensionPoint";

  private final ClassLoader host;

  FilteredParent(ClassLoader host) {
    super("banger-api", ClassLoader.getPlatformClassLoader());
    this.host = host;
  }

  /** Whether the class always comes from the daemon, also when a plugin brings its own copy. */
  static boolean isShared(String className) {
    return className.equals(MARKER)
        || (className.startsWith(API) && className.indexOf('.', API.length()) < 0);
  }

  @Override
  protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
    return isShared(name) ? host.loadClass(name) : super.loadClass(name, resolve);
  }
}
