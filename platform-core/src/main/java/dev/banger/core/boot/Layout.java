package dev.banger.core.boot;

import dev.banger.client.DaemonSocket;
import dev.banger.client.Directories;
import dev.banger.core.config.ConfigLoader;
import dev.banger.core.model.BangerException;
import dev.banger.core.model.ErrorKind;
import dev.banger.core.plugins.PluginsOnDisk;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Every place the daemon reads or writes.
 *
 * @param dist the installed distribution; empty when run from elsewhere, as tests do
 */
record Layout(
    Directories directories, Path socket, Optional<Path> dist, Path agentDisk, Path pluginsDir) {

  static Layout of(Map<String, String> environment) {
    Directories directories = Directories.from(environment);
    Optional<Path> dist = Optional.ofNullable(System.getProperty("banger.dist")).map(Path::of);
    return new Layout(
        directories,
        DaemonSocket.path(environment),
        dist,
        property("banger.agent.disk")
            .or(() -> dist.map(dir -> dir.resolve("lib/agent/agent.img")))
            .orElse(Path.of("agent.img").toAbsolutePath()),
        property("banger.plugins.dir")
            .or(() -> dist.map(dir -> dir.resolve("plugins")))
            .orElse(directories.data().resolve("plugins")));
  }

  private static Optional<Path> property(String name) {
    return Optional.ofNullable(System.getProperty(name)).map(Path::of);
  }

  /** Makes the directories, for their owner only. */
  void create() {
    for (Path dir : List.of(directories.data(), directories.state(), directories.run())) {
      try {
        Files.createDirectories(
            dir,
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
      } catch (IOException e) {
        throw new BangerException(
            ErrorKind.HOST,
            "cannot make the directory %s: %s".formatted(dir, e.getMessage()),
            "BANGER_HOME puts all of banger's directories under one of your choice",
            List.of(),
            e);
      }
    }
  }

  /** Reads what the core knows, and what belongs to which plugin. */
  ConfigLoader config() {
    return new ConfigLoader(directories.configFile(), home(), plugins().unjudged());
  }

  /** The same, and lets the plugins say what they have against their parts. Loads their code. */
  ConfigLoader configWithPlugins() {
    return new ConfigLoader(directories.configFile(), home(), plugins());
  }

  PluginsOnDisk plugins() {
    return new PluginsOnDisk(pluginRoots(), pluginStore(), home());
  }

  private static Path home() {
    return Path.of(System.getProperty("user.home"));
  }

  /** Of two plugins with one id, that of the earlier root is used. */
  List<Path> pluginRoots() {
    return List.of(directories.data().resolve("plugins"), pluginsDir);
  }

  /** Holds the installed versions. */
  Path pluginStore() {
    return directories.data().resolve("plugin-store");
  }

  Path database() {
    return directories.state().resolve("banger.db");
  }

  Path lockFile() {
    return directories.state().resolve("daemon.lock");
  }
}
