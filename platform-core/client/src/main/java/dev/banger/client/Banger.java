package dev.banger.client;

import java.nio.file.Path;

/**
 * The daemon, for programs that want VMs and do not want to know of requests and frames.
 *
 * <p>It holds no connection: each call makes its own, so any thread may call, and there is nothing
 * to close. It starts no daemon. Everything fails with an {@link RpcException}, whose {@code kind}
 * is for programs; the methods say which kinds are usual. {@code unavailable} can come from all of
 * them: no daemon runs, it ended meanwhile, or it speaks another protocol.
 */
public final class Banger {
  private final Path socket;

  private Banger(Path socket) {
    this.socket = socket;
  }

  /**
   * The daemon of this user, found as the command line finds it.
   *
   * @throws RpcException of kind {@code unavailable} when none runs or it speaks another protocol,
   *     {@code timeout} when it does not answer within 5 s
   */
  public static Banger connect() {
    return connect(DaemonSocket.path(System.getenv()));
  }

  /** The daemon that listens at {@code socket}; fails as {@link #connect()}. */
  public static Banger connect(Path socket) {
    Banger banger = new Banger(socket);
    banger.call("daemon.ping", Json.build().done(), Notifications.IGNORED);
    return banger;
  }

  public Vms vms() {
    return new Vms(this);
  }

  /** Programs in guests that go on while nobody looks. */
  public Sessions sessions() {
    return new Sessions(socket);
  }

  /**
   * Any request of docs/openrpc.json that answers with a value, on a connection of its own. It
   * takes as long as it takes; the daemon holds the deadlines.
   */
  public Json call(String method, Json params, Notifications notifications) {
    try (BangerClient client = open()) {
      return client.call(method, params, notifications);
    }
  }

  /** A connection for a request that answers with a stream; the caller closes it. */
  BangerClient open() {
    return BangerClient.connect(socket, BangerClient.CONNECT_DEADLINE)
        .orElseThrow(
            () ->
                new RpcException(
                    "unavailable", "no daemon listens at " + socket, "banger daemon start"));
  }
}
