package dev.banger.testkit;

import dev.banger.api.CapabilityPlugin;
import dev.banger.api.build.Manifest;
import dev.banger.hooks.JsonTrees;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/** Where fresh instances of a plugin come from. */
public final class PluginUnderTest {
  private final Supplier<? extends CapabilityPlugin> instances;
  private final Optional<String> manifest;
  private final Optional<Path> packed;
  private final Runnable unload;
  private final String id;
  private final String version;

  private PluginUnderTest(
      Supplier<? extends CapabilityPlugin> instances,
      Optional<String> manifest,
      Optional<Path> packed,
      Runnable unload,
      String id,
      String version) {
    this.unload = unload;
    this.instances = instances;
    this.manifest = manifest;
    this.packed = packed;
    this.id = id;
    this.version = version;
  }

  /**
   * A plugin on the class path of the tests, with the manifest that its build put at the root of
   * its classes.
   *
   * @param instances makes a fresh one each time, for example {@code AuditPlugin::new}
   */
  public static PluginUnderTest of(Supplier<? extends CapabilityPlugin> instances) {
    try (InputStream in = instances.get().getClass().getResourceAsStream("/" + Manifest.FILE)) {
      if (in == null) {
        throw new IllegalStateException(
            "no %s on the class path: build the plugin, or say named(ID, VERSION)"
                .formatted(Manifest.FILE));
      }
      return described(
          instances,
          new String(in.readAllBytes(), StandardCharsets.UTF_8),
          Optional.empty(),
          () -> {});
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A plugin on the class path of the tests that has no manifest, for example inside a test. */
  public static PluginUnderTest named(
      String id, String version, Supplier<? extends CapabilityPlugin> instances) {
    return new PluginUnderTest(
        instances, Optional.empty(), Optional.empty(), () -> {}, id, version);
  }

  /**
   * A plugin as it is installed: its zip, or a directory with the same in it. It is loaded as the
   * daemon loads it, with nothing but the JDK and the API to see beside its own.
   */
  public static PluginUnderTest zip(Path zip) {
    return packed(zip);
  }

  /** A directory of classes with the manifest in it, for example {@code target/classes}. */
  public static PluginUnderTest classes(Path directory) {
    return packed(directory);
  }

  private static PluginUnderTest packed(Path path) {
    PackedPlugin packed = PackedPlugin.load(path);
    return described(packed::instance, packed.manifest(), Optional.of(path), packed::close);
  }

  private static PluginUnderTest described(
      Supplier<? extends CapabilityPlugin> instances,
      String manifest,
      Optional<Path> packed,
      Runnable unload) {
    Map<String, Object> fields = JsonTrees.tree(manifest);
    return new PluginUnderTest(
        instances,
        Optional.of(manifest),
        packed,
        unload,
        String.valueOf(fields.get("id")),
        String.valueOf(fields.get("version")));
  }

  CapabilityPlugin instance() {
    return instances.get();
  }

  /** As the build wrote it. */
  Optional<String> manifest() {
    return manifest;
  }

  /** Where it is installed from, if it is. */
  Optional<Path> packed() {
    return packed;
  }

  void close() {
    unload.run();
  }

  String id() {
    return id;
  }

  String version() {
    return version;
  }
}
