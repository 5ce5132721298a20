package dev.banger.cli.daemon;

import dev.banger.cli.base.BuildVersion;
import dev.banger.cli.base.Failure;
import dev.banger.cli.term.Console;
import dev.banger.cli.term.Text;
import dev.banger.client.BangerClient;
import dev.banger.client.DaemonSocket;
import dev.banger.client.Json;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/** Connections to the daemon. */
public final class Daemon {
  private static final String SELF = "banger " + BuildVersion.VERSION;

  /**
   * For the first answer. Behind a socket of systemd's the daemon starts only when somebody
   * connects, and that takes as long as a start may ({@link DaemonStarter}).
   */
  public static final Duration START_DEADLINE = Duration.ofSeconds(20);

  private Daemon() {}

  /** Connects, starting the daemon when none runs. */
  public static BangerClient connect(Console console) {
    Path socket = DaemonSocket.path(console.env());
    Optional<BangerClient> running = BangerClient.connect(socket, BangerClient.CONNECT_DEADLINE);
    if (running.isEmpty()) {
      new DaemonStarter(console).start(true);
      running = BangerClient.connect(socket, BangerClient.CONNECT_DEADLINE);
    }
    if (running.isEmpty()) {
      throw Failure.failed(
          "unavailable",
          "the daemon was started but nobody listens on " + socket,
          "banger daemon logs");
    }
    return running.get().named(SELF);
  }

  /** Connects to a daemon that runs; starts none. */
  public static Optional<BangerClient> find(Console console) {
    Optional<BangerClient> running =
        BangerClient.connect(DaemonSocket.path(console.env()), BangerClient.CONNECT_DEADLINE);
    if (running.isPresent()) {
      running.get().named(SELF);
    }
    return running;
  }

  /**
   * Says when the daemon is of another version, to who sits at a terminal. It is known once
   * something was asked.
   */
  public static void tellOther(Console console, BangerClient client) {
    String daemon = client.daemon();
    if (!console.errorTerminal() || daemon.isEmpty() || daemon.equals(SELF)) {
      return;
    }
    console
        .err()
        .println(
            "the daemon runs "
                + Text.safe(daemon)
                + ", this is "
                + SELF
                + "; banger daemon restart takes the new one");
  }

  static Json ping(BangerClient client) {
    return client.call("daemon.ping", Json.build().done(), START_DEADLINE);
  }
}
