package dev.banger.cli.daemon;

import dev.banger.cli.base.BuildVersion;
import dev.banger.cli.base.Failure;
import dev.banger.cli.term.Console;
import dev.banger.cli.term.Text;
import dev.banger.client.BangerClient;
import dev.banger.client.DaemonSocket;
import dev.banger.client.Json;
import dev.banger.client.RpcException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/** Connections to the daemon. */
public final class Daemon {
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
    return shakeHands(console, running.get());
  }

  /** Connects to a daemon that runs; starts none. */
  public static Optional<BangerClient> find(Console console) {
    Optional<BangerClient> running =
        BangerClient.connect(DaemonSocket.path(console.env()), BangerClient.CONNECT_DEADLINE);
    if (running.isPresent()) {
      shakeHands(console, running.get());
    }
    return running;
  }

  private static BangerClient shakeHands(Console console, BangerClient client) {
    Json ping;
    try {
      ping = ping(client);
    } catch (RpcException e) {
      client.close();
      throw e;
    }
    long protocol = ping.get("protocol").number(0);
    String version = ping.text("version");
    if (protocol != BangerClient.PROTOCOL) {
      client.close();
      throw Failure.failed(
          "unavailable",
          "banger "
              + BuildVersion.VERSION
              + " speaks protocol "
              + BangerClient.PROTOCOL
              + ", the running daemon "
              + version
              + " speaks "
              + protocol,
          "banger daemon restart; VMs keep running meanwhile");
    }
    if (!version.equals(BuildVersion.VERSION)) {
      console
          .err()
          .println(
              "warning: this is banger "
                  + BuildVersion.VERSION
                  + ", the running daemon is "
                  + Text.safe(version)
                  + "; banger daemon restart brings them together");
    }
    return client;
  }

  static Json ping(BangerClient client) {
    return client.call("daemon.ping", Json.build().done(), START_DEADLINE);
  }
}
