package dev.banger.cli.command;

import dev.banger.cli.base.Failure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What this distribution has for authors of plugins.
 *
 * @param repository a Maven repository, by a path that stays right when banger is built anew
 * @param digest tells builds of the same version apart
 * @param bundledPlugins ids
 */
record PluginSdk(Path repository, String digest, Set<String> bundledPlugins) {
  /** Beside this program. */
  static PluginSdk find() throws IOException {
    String named = System.getProperty("banger.dist", "");
    Path dist = lasting(Path.of(named).toAbsolutePath().normalize());
    Path repository = dist.resolve("sdk/repository");
    if (named.isEmpty() || !Files.isDirectory(repository)) {
      throw Failure.failed(
          "unavailable",
          "this banger has nothing to build plugins with: %s is not there"
              .formatted(named.isEmpty() ? "its distribution" : repository),
          "the distribution is not complete: build it again with ./quickstart");
    }
    Path digest = dist.resolve("sdk/digest");
    return new PluginSdk(
        repository,
        Files.exists(digest) ? Files.readString(digest).strip() : "",
        names(dist.resolve("plugins")));
  }

  /** {@code versions/DIGEST} goes away some time; {@code current} beside it leads to the newest. */
  private static Path lasting(Path dist) {
    Path versions = dist.getParent();
    if (versions == null || !versions.endsWith("versions")) {
      return dist;
    }
    Path current = versions.resolveSibling("current");
    return Files.isDirectory(current) ? current : dist;
  }

  private static Set<String> names(Path dir) throws IOException {
    if (!Files.isDirectory(dir)) {
      return Set.of();
    }
    try (Stream<Path> entries = Files.list(dir)) {
      return entries.map(entry -> entry.getFileName().toString()).collect(Collectors.toSet());
    }
  }
}
