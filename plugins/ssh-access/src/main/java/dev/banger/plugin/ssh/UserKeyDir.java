package dev.banger.plugin.ssh;

import java.nio.file.Path;
import java.util.Map;

/** Where the key pair of banger's own is: {@code ssh/} under its configuration directory. */
final class UserKeyDir {
  private UserKeyDir() {}

  /**
   * @param environment the daemon's; decides where banger's configuration directory is, as it does
   *     for the daemon
   */
  static Path of(Map<String, String> environment) {
    String bangerHome = environment.getOrDefault("BANGER_HOME", "");
    if (!bangerHome.isEmpty()) {
      return Path.of(bangerHome).toAbsolutePath().normalize().resolve("config/ssh");
    }
    String xdg = environment.getOrDefault("XDG_CONFIG_HOME", "");
    if (xdg.startsWith("/")) {
      return Path.of(xdg, "banger/ssh");
    }
    String home = environment.getOrDefault("HOME", "");
    return Path.of(home.isEmpty() ? System.getProperty("user.home") : home)
        .toAbsolutePath()
        .resolve(".config/banger/ssh");
  }
}
