package dev.banger.bench;

import dev.banger.api.CapabilityPlugin;
import dev.banger.api.build.ManifestWriter;
import java.io.File;
import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;
import javax.tools.ToolProvider;
import org.pf4j.ExtensionPoint;

/** Any number of small plugins: a step, a command, a check and a configuration each. */
final class SamplePlugins {
  private SamplePlugins() {}

  /** Makes them in {@code plugins}, a directory each, as they would lie unpacked. */
  static void into(Path plugins, int count) throws Exception {
    Path work = Files.createDirectories(plugins.resolveSibling("sample-classes"));
    List<String> arguments = new ArrayList<>();
    arguments.addAll(
        List.of("-cp", at(CapabilityPlugin.class) + File.pathSeparator + at(ExtensionPoint.class)));
    arguments.addAll(List.of("-d", work.toString()));
    for (int i = 0; i < count; i++) {
      Path source = work.resolve("Sample%d.java".formatted(i));
      arguments.add(Files.writeString(source, source(i)).toString());
    }
    if (ToolProvider.getSystemJavaCompiler().run(null, null, null, arguments.toArray(new String[0]))
        != 0) {
      throw new IOException("the sample plugins do not compile");
    }
    ClassLoader before = Thread.currentThread().getContextClassLoader();
    try (URLClassLoader loader = new URLClassLoader(new URL[] {work.toUri().toURL()}, before)) {
      Thread.currentThread().setContextClassLoader(loader);
      for (int i = 0; i < count; i++) {
        Path plugin = Files.createDirectories(plugins.resolve("sample-" + i));
        pack(work, "Sample" + i, Files.createDirectory(plugin.resolve("lib")));
        ManifestWriter.main(
            new String[] {
              "sample-" + i, "1.0.0", "Sample" + i, plugin.resolve("banger-plugin.json").toString()
            });
      }
    } finally {
      Thread.currentThread().setContextClassLoader(before);
    }
  }

  private static String source(int number) {
    return """
      import dev.banger.api.*;
      import java.util.*;

      public final class Sample%1$d implements CapabilityPlugin {
        public record Settings(int limit) {}
        public record Made(String word) {}

        @Override
        public void register(Registrar r) {
          r.describe("Sample %1$d");
          r.needs(Permission.VM_READ);
          r.config(new Settings(3));
          r.step(StepSpec.bestEffort("work", Phase.HOST), Made.class, new Work());
          r.command(
              CommandSpec.builder("sample%1$d show", "Show sample %1$d").column("word", "WORD").build(),
              call -> CommandResult.object(Map.of("word", "sample")));
          r.doctor("sample", context -> DoctorCheck.Outcome.ok("fine"));
        }

        static final class Work implements LifecycleStep<Made> {
          @Override
          public Started<Made> start(StepContext<Made> c) {
            return Started.ok(new Made("made"));
          }

          @Override
          public Stopped stop(StepContext<Made> c, Optional<Made> made) {
            return Stopped.released();
          }
        }
      }
      """
        .formatted(number);
  }

  private static void pack(Path classes, String name, Path lib) throws IOException {
    try (JarOutputStream jar =
            new JarOutputStream(Files.newOutputStream(lib.resolve("plugin.jar")));
        Stream<Path> files = Files.list(classes)) {
      for (Path file : files.sorted().toList()) {
        String entry = file.getFileName().toString();
        if (entry.equals(name + ".class") || entry.startsWith(name + "$")) {
          jar.putNextEntry(new JarEntry(entry));
          Files.copy(file, jar);
        }
      }
    }
  }

  private static String at(Class<?> type) throws Exception {
    return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI()).toString();
  }
}
