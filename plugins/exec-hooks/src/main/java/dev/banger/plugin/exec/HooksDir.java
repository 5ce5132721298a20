package dev.banger.plugin.exec;

import java.nio.file.Path;
import java.util.Map;

/** Where the scripts are. */
final class HooksDir {
  private HooksDir() {}

  /**
   * @param environment the daemon's; decides where banger's configuration directory is, as it does
   *     for the daemon
   */
  static Path of(HookSettings settings, Map<String, String> environment) {
    String home = environment.getOrDefault("HOME", "");
    Path user = Path.of(home.isEmpty() ? System.getProperty("user.home") : home).toAbsolutePath();
    String dir = settings.dir();
    if (!dir.isEmpty()) {
      Path path = dir.startsWith("~/") ? user.resolve(dir.substring(2)) : Path.of(dir);
      return path.normalize();
    }
    String bangerHome = environment.getOrDefault("BANGER_HOME", "");
    if (!bangerHome.isEmpty()) {
      return Path.of(bangerHome).toAbsolutePath().normalize().resolve("config/hooks");
    }
    String xdg = environment.getOrDefault("XDG_CONFIG_HOME", "");
    return (xdg.startsWith("/") ? Path.of(xdg) : user.resolve(".config")).resolve("banger/hooks");
  }
}
