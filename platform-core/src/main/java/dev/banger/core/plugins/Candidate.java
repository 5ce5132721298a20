package dev.banger.core.plugins;

import dev.banger.api.ApiVersion;
import dev.banger.api.CapabilityException;
import dev.banger.api.FailureKind;
import dev.banger.api.build.JsonText;
import dev.banger.api.build.Manifest;
import dev.banger.core.host.IoReasons;
import dev.banger.core.plugins.FoundPlugin.Source;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A version that is to come in: unpacked beside the installed ones, and checked. Nothing of it
 * remains when it is closed without being published.
 */
record Candidate(FoundPlugin found, Path staging, Path target, List<String> notes)
    implements AutoCloseable {
  private static final Pattern DIGEST = Pattern.compile("[0-9a-f]{64}");
  private static final long MAX_BUILT = 256L << 20;
  private static final int MAX_FILES = 20_000;

  Candidate {
    notes = List.copyOf(notes);
  }

  /**
   * From a zip.
   *
   * @param expected the digest that the zip must have
   * @param active what it must get along with
   * @throws CapabilityException saying what is wrong with it
   */
  static Candidate stage(
      Path zip,
      Optional<String> expected,
      PluginSettings settings,
      PluginLoader loader,
      List<HostedPlugin> active) {
    Path staging = null;
    try {
      String digest = ZipStore.digest(zip);
      if (expected.isPresent() && !digest.equals(expected.get())) {
        throw new CapabilityException(
            FailureKind.CONFLICT,
            DIGEST.matcher(expected.get()).matches()
                ? "%s has the digest %s, not %s".formatted(zip, digest, expected.get())
                : "not a SHA-256 digest: \"%s\"".formatted(expected.get()),
            "look at it again: banger plugin install --dry-run " + zip);
      }
      staging = ZipStore.staged(zip, settings.storeDir());
      return checked(staging, Source.INSTALLED, zip, digest, settings, loader, active);
    } catch (IOException e) {
      discard(staging);
      throw new CapabilityException(
          FailureKind.INVALID,
          "%s is no plugin: %s".formatted(zip, IoReasons.of(e)),
          "a plugin is a zip with %s and lib/*.jar".formatted(Manifest.FILE));
    } catch (RuntimeException e) {
      discard(staging);
      throw e;
    }
  }

  /** From the build output of a plugin's project. */
  static Candidate built(
      Path project, PluginSettings settings, PluginLoader loader, List<HostedPlugin> active) {
    Path classes = project.resolve("target/classes");
    if (!Files.isRegularFile(classes.resolve(Manifest.FILE))) {
      throw new CapabilityException(
          FailureKind.NOT_FOUND,
          "there is no %s in %s".formatted(Manifest.FILE, classes),
          "build the plugin first: mvn compile");
    }
    Path staging = null;
    try {
      Files.createDirectories(settings.storeDir());
      staging = Files.createTempDirectory(settings.storeDir(), ZipStore.STAGING);
      long left = copy(classes, staging.resolve("classes"), MAX_BUILT);
      Files.move(staging.resolve("classes").resolve(Manifest.FILE), staging.resolve(Manifest.FILE));
      Files.createDirectory(staging.resolve("lib"));
      Path lib = project.resolve("target/lib");
      if (Files.isDirectory(lib)) {
        for (Path jar : Pf4jPlugins.jars(lib)) {
          left = copy(jar, staging.resolve("lib").resolve(jar.getFileName()), left);
        }
      }
      redeclare(staging, project, loader);
      Trees.sync(staging);
      String digest = Digests.ofPlugin(staging);
      return checked(staging, Source.DEV, project, digest, settings, loader, active);
    } catch (IOException | UncheckedIOException e) {
      discard(staging);
      throw new CapabilityException(
          FailureKind.HOST, "cannot copy %s: %s".formatted(classes, e.getMessage()));
    } catch (RuntimeException e) {
      discard(staging);
      throw e;
    }
  }

  /**
   * Writes the manifest anew from the code: an editor that compiles does not run the step of the
   * build which does that.
   */
  private static void redeclare(Path staging, Path project, PluginLoader loader)
      throws IOException {
    PluginManifest old = manifest(staging);
    try {
      Map<String, Object> tree = loader.declared(found(old, Source.DEV, project, staging, ""));
      Files.writeString(staging.resolve(Manifest.FILE), JsonText.pretty(tree));
    } catch (CapabilityException e) {
      throw new CapabilityException(
          FailureKind.INVALID,
          "plugin %s: %s".formatted(old.title(), e.getMessage()),
          "what ran before goes on; the next build is tried again");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CapabilityException(FailureKind.UNAVAILABLE, "interrupted");
    }
  }

  private static PluginManifest manifest(Path staging) {
    try {
      return PluginManifest.read(staging);
    } catch (IllegalArgumentException e) {
      throw refusal("%s: %s".formatted(Manifest.FILE, e.getMessage()));
    }
  }

  private static FoundPlugin found(
      PluginManifest manifest, Source source, Path origin, Path staging, String digest) {
    return new FoundPlugin(
        manifest.id(),
        source,
        origin,
        staging,
        digest,
        Optional.of(manifest),
        PluginState.ACTIVE,
        "");
  }

  /** Returns what is left of the allowance. */
  private static long copy(Path from, Path to, long allowance) throws IOException {
    long left = allowance;
    List<Path> paths;
    try (Stream<Path> walk = Files.walk(from)) {
      paths = walk.limit(MAX_FILES + 1L).toList();
    }
    if (paths.size() > MAX_FILES) {
      throw new IOException("it has more than " + MAX_FILES + " files");
    }
    for (Path path : paths) {
      Path target = to.resolve(from.relativize(path).toString());
      if (Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)) {
        Files.createDirectories(target);
      } else if (Files.isRegularFile(path)) {
        left -= Files.size(path);
        if (left < 0) {
          throw new IOException("it is larger than " + (MAX_BUILT >> 20) + " MiB");
        }
        Files.copy(path, path.equals(from) ? to : target);
      }
    }
    return left;
  }

  private static Candidate checked(
      Path staging,
      Source source,
      Path origin,
      String digest,
      PluginSettings settings,
      PluginLoader loader,
      List<HostedPlugin> active) {
    PluginManifest manifest = manifest(staging);
    FoundPlugin found = found(manifest, source, origin, staging, digest);
    if (!manifest.api().admits(ApiVersion.MAJOR, ApiVersion.MINOR)) {
      throw refusal(
          "plugin %s needs plugin-api %s, this is %s"
              .formatted(manifest.title(), manifest.api(), ApiVersion.current()));
    }
    LinkCheck.Report links = LinkCheck.of(staging);
    if (!links.problems().isEmpty()) {
      throw refusal(
          "plugin %s does not fit this banger: %s"
              .formatted(manifest.title(), String.join("; ", links.problems())));
    }
    getsAlong(manifest, active);
    PluginSettings.Wishes wishes = settings.wishes().get();
    try {
      loader.trial(found, wishes.tables().getOrDefault(manifest.id(), Map.of()));
    } catch (CapabilityException e) {
      throw refusal("plugin %s: %s".formatted(manifest.title(), e.getMessage()));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CapabilityException(FailureKind.UNAVAILABLE, "interrupted");
    }
    List<String> notes = new ArrayList<>();
    if (!links.incubating().isEmpty()) {
      notes.add(
          "it uses what may still change in any release: " + String.join(", ", links.incubating()));
    }
    return new Candidate(found, staging, settings.storeDir().resolve(digest), notes);
  }

  private static void getsAlong(PluginManifest manifest, List<HostedPlugin> active) {
    Map<String, HostedPlugin> others =
        active.stream()
            .filter(plugin -> !plugin.id().equals(manifest.id()))
            .collect(Collectors.toMap(HostedPlugin::id, Function.identity()));
    for (HostedPlugin other : others.values()) {
      Catalog.collision(other.manifest(), manifest)
          .ifPresent(
              collision -> {
                throw new CapabilityException(
                    FailureKind.CONFLICT,
                    collision,
                    "banger plugin disable %s, or do without this one".formatted(other.id()));
              });
    }
    Requirements.lacking(manifest, others)
        .ifPresent(
            lack -> {
              throw new CapabilityException(
                  FailureKind.CONFLICT,
                  "plugin %s %s".formatted(manifest.title(), lack),
                  "install or enable what it needs first");
            });
  }

  private static CapabilityException refusal(String sentence) {
    return new CapabilityException(
        FailureKind.INVALID, sentence, "nothing was changed; ask its author for another version");
  }

  private static void discard(Path staging) {
    if (staging != null) {
      Trees.tryDelete(staging);
    }
  }

  /** Puts it where installed versions are; who uses it from there is another matter. */
  void publish() {
    try {
      ZipStore.publish(staging, target);
    } catch (IOException e) {
      throw new CapabilityException(
          FailureKind.HOST,
          "cannot keep the plugin in %s: %s".formatted(target, IoReasons.of(e)),
          "",
          e);
    }
  }

  @Override
  public void close() {
    discard(staging);
  }
}
