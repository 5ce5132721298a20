package dev.banger.client;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;

/**
 * Where banger keeps its files. Client and daemon both ask this class, so they cannot disagree.
 *
 * <p>{@code BANGER_HOME} puts all four under one folder ({@code config}, {@code data}, {@code
 * state}, {@code run}). Otherwise the XDG base directories hold, each with its default under the
 * user's home; an XDG variable that is empty or relative is ignored, as the XDG specification asks.
 * Nothing here creates a directory.
 *
 * @param config holds {@code config.toml} and the SSH key
 * @param data holds images and VMs
 * @param state holds the database, logs and caches
 * @param run holds the daemon's socket and whatever need not survive a reboot
 */
public record Directories(Path config, Path data, Path state, Path run) {
  private static final String NAME = "banger";
  private static final Object ROOT = 0;

  public Directories {
    Objects.requireNonNull(config);
    Objects.requireNonNull(data);
    Objects.requireNonNull(state);
    Objects.requireNonNull(run);
  }

  /** The directories of this process's own environment. */
  public static Directories fromSystem() {
    return from(System.getenv());
  }

  /**
   * The directories for {@code environment}.
   *
   * <p>Without {@code XDG_RUNTIME_DIR} the session's directory {@code /run/user/UID} is taken where
   * it is there and the user's own, so that a login shell and a cron job find the same daemon; else
   * {@code <state>/run}.
   *
   * <p>For root it is {@code /run/bangerd} where that is there and root's own, unless {@code
   * XDG_RUNTIME_DIR} names another place than root's session: there systemd listens for the daemon
   * of the whole host, and a session's directory goes when the session ends. ({@code /run/banger}
   * is the agent's, in guests.)
   */
  public static Directories from(Map<String, String> environment) {
    return from(environment, Path.of("/run/user"), Path.of("/run/bangerd"));
  }

  static Directories from(Map<String, String> environment, Path sessions, Path host) {
    String bangerHome = environment.getOrDefault("BANGER_HOME", "");
    if (!bangerHome.isEmpty()) {
      Path root = Path.of(bangerHome).toAbsolutePath().normalize();
      return new Directories(
          root.resolve("config"), root.resolve("data"), root.resolve("state"), root.resolve("run"));
    }
    String homeVariable = environment.getOrDefault("HOME", "");
    Path home =
        Path.of(homeVariable.isEmpty() ? System.getProperty("user.home") : homeVariable)
            .toAbsolutePath();
    Path state = base(environment, "XDG_STATE_HOME", home.resolve(".local/state")).resolve(NAME);
    return new Directories(
        base(environment, "XDG_CONFIG_HOME", home.resolve(".config")).resolve(NAME),
        base(environment, "XDG_DATA_HOME", home.resolve(".local/share")).resolve(NAME),
        state,
        isForTheHost(environment, sessions, host, home)
            ? host
            : run(environment, sessions, home, state));
  }

  /** {@code config.toml}; it need not exist. */
  public Path configFile() {
    return config.resolve("config.toml");
  }

  /** What the daemon prints, appended to at each start. */
  public Path daemonLog() {
    return state.resolve("daemon.log");
  }

  private static boolean isForTheHost(
      Map<String, String> environment, Path sessions, Path host, Path home) {
    try {
      Path runtime = base(environment, "XDG_RUNTIME_DIR", sessions.resolve("0"));
      return Files.isDirectory(host, LinkOption.NOFOLLOW_LINKS)
          && ROOT.equals(Files.getAttribute(Path.of("/proc/self"), "unix:uid"))
          && ROOT.equals(Files.getAttribute(host, "unix:uid"))
          && runtime.equals(sessions.resolve("0"))
          && home.equals(Path.of(System.getProperty("user.home")));
    } catch (IOException | UnsupportedOperationException e) {
      return false;
    }
  }

  private static Path run(Map<String, String> environment, Path sessions, Path home, Path state) {
    Path runtime = base(environment, "XDG_RUNTIME_DIR", null);
    if (runtime != null) {
      return runtime.resolve(NAME);
    }
    try {
      Object uid = Files.getAttribute(Path.of("/proc/self"), "unix:uid");
      Path session = sessions.resolve(uid.toString());
      if (Files.isDirectory(session, LinkOption.NOFOLLOW_LINKS)
          && uid.equals(Files.getAttribute(session, "unix:uid"))
          && home.equals(Path.of(System.getProperty("user.home")))) {
        return session.resolve(NAME);
      }
    } catch (IOException | UnsupportedOperationException e) {
      // No session directory to be sure of: the state directory always works.
    }
    return state.resolve("run");
  }

  private static Path base(Map<String, String> environment, String variable, Path otherwise) {
    String value = environment.getOrDefault(variable, "");
    return value.startsWith("/") ? Path.of(value) : otherwise;
  }
}
