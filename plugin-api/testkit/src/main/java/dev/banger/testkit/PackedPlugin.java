package dev.banger.testkit;

import dev.banger.api.CapabilityPlugin;
import dev.banger.api.build.Manifest;
import dev.banger.hooks.JsonTrees;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** A plugin in a class loader of its own that sees the JDK, the API and nothing else. */
final class PackedPlugin implements AutoCloseable {
  private final URLClassLoader loader;
  private final String manifest;
  private final Path unpacked;

  private PackedPlugin(URLClassLoader loader, String manifest, Path unpacked) {
    this.loader = loader;
    this.manifest = manifest;
    this.unpacked = unpacked;
  }

  /**
   * @param path a zip with {@code lib/*.jar}, or a directory of classes or with {@code lib}
   */
  static PackedPlugin load(Path path) {
    try {
      Path directory = path;
      Path unpacked = null;
      if (!Files.isDirectory(path)) {
        unpacked = Files.createTempDirectory("banger-plugin-");
        unpack(path, unpacked);
        directory = unpacked;
      }
      String manifest = Files.readString(directory.resolve(Manifest.FILE));
      List<URL> urls = new ArrayList<>();
      urls.add(url(directory));
      for (Path lib : List.of(directory.resolve("lib"), directory.resolveSibling("lib"))) {
        if (Files.isDirectory(lib)) {
          try (Stream<Path> jars = Files.list(lib)) {
            jars.filter(jar -> jar.toString().endsWith(".jar"))
                .sorted()
                .map(PackedPlugin::url)
                .forEach(urls::add);
          }
        }
      }
      return new PackedPlugin(
          new ChildFirst(urls.toArray(URL[]::new), new ApiOnly()), manifest, unpacked);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot load " + path, e);
    }
  }

  private static void unpack(Path zip, Path into) throws IOException {
    try (FileSystem files = FileSystems.newFileSystem(zip);
        Stream<Path> entries = Files.walk(files.getPath("/"))) {
      for (Path entry : entries.toList()) {
        Path target = into.resolve(files.getPath("/").relativize(entry).toString()).normalize();
        if (!target.startsWith(into)) {
          throw new IOException("an entry leads out of the zip: " + entry);
        }
        if (Files.isDirectory(entry)) {
          Files.createDirectories(target);
        } else {
          Files.copy(entry, target);
        }
      }
    }
  }

  private static URL url(Path path) {
    try {
      return path.toUri().toURL();
    } catch (MalformedURLException e) {
      throw new IllegalArgumentException(e);
    }
  }

  ClassLoader loader() {
    return loader;
  }

  String manifest() {
    return manifest;
  }

  CapabilityPlugin instance() {
    String entry = String.valueOf(JsonTrees.tree(manifest).get("entry"));
    try {
      return Class.forName(entry, true, loader)
          .asSubclass(CapabilityPlugin.class)
          .getConstructor()
          .newInstance();
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("cannot make the entry class " + entry, e);
    }
  }

  @Override
  public void close() {
    try {
      loader.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } finally {
      if (unpacked != null) {
        Trees.delete(unpacked);
      }
    }
  }

  private static boolean isShared(String name) {
    return name.equals("org.pf4j.ExtensionPoint")
        || (name.startsWith("dev.banger.api.") && name.indexOf('.', 15) < 0);
  }

  /** What plugins see of the daemon. */
  private static final class ApiOnly extends ClassLoader {
    ApiOnly() {
      super(ClassLoader.getPlatformClassLoader());
    }

    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
      return isShared(name)
          ? CapabilityPlugin.class.getClassLoader().loadClass(name)
          : super.loadClass(name, resolve);
    }
  }

  /** A plugin's own libraries come first. */
  private static final class ChildFirst extends URLClassLoader {
    ChildFirst(URL[] urls, ClassLoader parent) {
      super(urls, parent);
    }

    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
      if (isShared(name)) {
        return getParent().loadClass(name);
      }
      synchronized (getClassLoadingLock(name)) {
        Class<?> loaded = findLoadedClass(name);
        if (loaded != null) {
          return loaded;
        }
        try {
          return findClass(name);
        } catch (ClassNotFoundException e) {
          return getParent().loadClass(name);
        }
      }
    }
  }
}
