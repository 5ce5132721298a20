package dev.banger.core.plugins;

import dev.banger.api.build.ManifestWriter;
import java.io.IOException;
import java.io.OutputStream;
import java.io.StringWriter;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import javax.tools.JavaCompiler;
import javax.tools.ToolProvider;

/** Makes real plugins from Java source. */
final class PluginFixture {
  static final String ENTRY = "fixture.Entry";

  private final Path work;
  private int count;

  PluginFixture(Path work) {
    this.work = work;
  }

  /** An entry class with the given members, as source. */
  static String entry(String members) {
    return """
    package fixture;
    import dev.banger.api.*;
    import java.nio.file.*;
    import java.time.Duration;
    import java.util.*;
    public final class Entry implements CapabilityPlugin {
      static CommandSpec command(String path, long millis) {
        return CommandSpec.builder(path, "does it").example("banger " + path)
            .arg(ValueSpec.optional("value", ValueType.TEXT, "a value"))
            .deadline(Duration.ofMillis(millis)).build();
      }
    %s
    }
    """
        .formatted(members);
  }

  /** An entry class that declares with the given statements. */
  static String registering(String statements) {
    return entry(
        """
        @Override public void register(Registrar r) {
          r.describe("for a test");
          %s
        }
        """
            .formatted(statements));
  }

  /** Compiles, writes the manifest as a build would, and lays the plugin out in {@code root}. */
  Path install(Path root, String id, String source) throws Exception {
    return install(root, id, "1.2.3", source);
  }

  Path install(Path root, String id, String version, String source) throws Exception {
    return install(root, id, version, Map.of("fixture/Entry.java", source));
  }

  /** The same of several files, {@link #ENTRY} among them. */
  Path install(Path root, String id, String version, Map<String, String> sources) throws Exception {
    Path dir = Files.createDirectories(root.resolve(id));
    Path classes = compile(sources);
    jar(classes, Files.createDirectories(dir.resolve("lib")).resolve("plugin.jar"));
    writeManifest(classes, id, version, dir);
    return dir;
  }

  /** A zip as authors give it away. */
  Path zipped(String id, String version, String source) throws Exception {
    Path dir = install(work.resolve("zips" + count++), id, version, source);
    Path zip = work.resolve(id + "-" + version + "-" + count++ + ".zip");
    zip(dir, zip);
    return zip;
  }

  void writeManifest(Path classes, String id, String version, Path dir) throws Exception {
    Thread thread = Thread.currentThread();
    ClassLoader before = thread.getContextClassLoader();
    try (URLClassLoader loader = new URLClassLoader(new URL[] {classes.toUri().toURL()}, before)) {
      thread.setContextClassLoader(loader);
      ManifestWriter.main(
          new String[] {id, version, ENTRY, dir.resolve("banger-plugin.json").toString()});
    } finally {
      thread.setContextClassLoader(before);
    }
  }

  Path compile(Map<String, String> sources) throws IOException {
    Path dir = Files.createDirectories(work.resolve("build" + count++));
    Path classes = Files.createDirectories(dir.resolve("classes"));
    StringWriter complaints = new StringWriter();
    JavaCompiler javac = ToolProvider.getSystemJavaCompiler();
    try (var files = javac.getStandardFileManager(null, null, null)) {
      for (Map.Entry<String, String> source : sources.entrySet()) {
        Path file = dir.resolve(source.getKey());
        Files.createDirectories(file.getParent());
        Files.writeString(file, source.getValue());
      }
      List<Path> paths = sources.keySet().stream().map(dir::resolve).toList();
      List<String> options =
          List.of(
              "-proc:none", "-d", classes.toString(), "-cp", System.getProperty("java.class.path"));
      boolean fine =
          javac
              .getTask(
                  complaints, files, null, options, null, files.getJavaFileObjectsFromPaths(paths))
              .call();
      if (!fine) {
        throw new IllegalStateException(complaints.toString());
      }
    }
    return classes;
  }

  static void jar(Path classes, Path jar) throws IOException {
    try (OutputStream file = Files.newOutputStream(jar);
        JarOutputStream out = new JarOutputStream(file)) {
      pack(classes, name -> out.putNextEntry(new JarEntry(name)), out);
    }
  }

  static void zip(Path dir, Path zip) throws IOException {
    try (OutputStream file = Files.newOutputStream(zip);
        ZipOutputStream out = new ZipOutputStream(file)) {
      pack(dir, name -> out.putNextEntry(new ZipEntry(name)), out);
    }
  }

  private interface Opener {
    void open(String name) throws IOException;
  }

  private static void pack(Path root, Opener opener, OutputStream out) throws IOException {
    try (Stream<Path> walk = Files.walk(root)) {
      for (Path path : walk.filter(Files::isRegularFile).sorted().toList()) {
        opener.open(root.relativize(path).toString());
        Files.copy(path, out);
      }
    }
  }
}
