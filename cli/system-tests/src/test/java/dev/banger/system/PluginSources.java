package dev.banger.system;

import dev.banger.api.CapabilityPlugin;
import dev.banger.api.build.ManifestWriter;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import javax.tools.ToolProvider;

/** Builds little plugins from source text, as zips that can be installed. */
final class PluginSources {
  private PluginSources() {}

  /**
   * @param entry name of the public class in the default package, which the source declares
   * @return {@code dir/ID-VERSION.zip}
   */
  static Path zip(Path dir, String id, String version, String entry, String source) {
    try {
      Path work = Files.createDirectories(dir.resolve(id + "-" + version));
      Path file = Files.writeString(work.resolve(entry + ".java"), source);
      Path classes = Files.createDirectories(work.resolve("classes"));
      String api =
          location(CapabilityPlugin.class)
              + File.pathSeparator
              + location(org.pf4j.ExtensionPoint.class);
      int failed =
          ToolProvider.getSystemJavaCompiler()
              .run(null, null, null, "-cp", api, "-d", classes.toString(), file.toString());
      if (failed != 0) {
        throw new IllegalArgumentException("the source of " + id + " does not compile");
      }
      Path manifest = work.resolve("banger-plugin.json");
      writeManifest(classes, id, version, entry, manifest);
      return pack(dir.resolve(id + "-" + version + ".zip"), classes, manifest);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void writeManifest(
      Path classes, String id, String version, String entry, Path manifest) throws IOException {
    ClassLoader before = Thread.currentThread().getContextClassLoader();
    try (URLClassLoader loader = new URLClassLoader(new URL[] {classes.toUri().toURL()}, before)) {
      Thread.currentThread().setContextClassLoader(loader);
      ManifestWriter.main(new String[] {id, version, entry, manifest.toString()});
    } catch (IOException | RuntimeException e) {
      throw e;
    } catch (Exception e) {
      throw new IllegalStateException(e);
    } finally {
      Thread.currentThread().setContextClassLoader(before);
    }
  }

  private static Path pack(Path zip, Path classes, Path manifest) throws IOException {
    try (ZipOutputStream out = new ZipOutputStream(Files.newOutputStream(zip))) {
      out.putNextEntry(new ZipEntry("banger-plugin.json"));
      Files.copy(manifest, out);
      out.putNextEntry(new ZipEntry("lib/plugin.jar"));
      JarOutputStream jar = new JarOutputStream(out);
      List<Path> files = new ArrayList<>();
      try (Stream<Path> walk = Files.walk(classes)) {
        walk.filter(Files::isRegularFile).sorted().forEach(files::add);
      }
      for (Path file : files) {
        jar.putNextEntry(new ZipEntry(classes.relativize(file).toString()));
        Files.copy(file, jar);
      }
      jar.finish();
    }
    return zip;
  }

  private static String location(Class<?> type) {
    return Path.of(
            java.net.URI.create(
                type.getProtectionDomain().getCodeSource().getLocation().toString()))
        .toString();
  }
}
