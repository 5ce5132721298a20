package dev.banger.client;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Commands that go on in guests while nobody looks. Whatever plugin has the roles {@code
 * vm.session.start} and so on is asked; each call has a connection of its own, and any thread may
 * call.
 *
 * <p>Errors are {@link RpcException}s: kind {@code notFound} for a VM, a session or a program that
 * is not there, {@code illegalState} for a VM that is not running, {@code conflict} for a name that
 * is taken or an input that somebody else has, {@code unavailable} without a daemon or a plugin for
 * it.
 */
public final class Sessions {
  private static final String ROLE = "vm.session.";

  private final Path socket;
  private final Map<String, Command> commands = new ConcurrentHashMap<>();

  private record Command(String plugin, String path) {}

  /**
   * @param socket the daemon's, see {@link DaemonSocket}; it must be running
   */
  public Sessions(Path socket) {
    this.socket = socket;
  }

  /** Starts one, when its directory is there and its program can be executed. */
  public Session start(String vm, SessionSpec spec) {
    return Session.of(vm, call("start", spec.arguments(vm)));
  }

  /** All that run or have ended, in the order of their start. */
  public List<Session> list(String vm) {
    List<Session> all = new ArrayList<>();
    for (Json each : call("list", Json.build().put("vm", vm).done()).elements()) {
      all.add(Session.of(vm, each));
    }
    return List.copyOf(all);
  }

  public Session show(String vm, String name) {
    return Session.of(vm, call("show", named(vm, name).done()));
  }

  /**
   * TERM, and KILL for its whole process group when it has not ended by then.
   *
   * @param grace 0 to 10 minutes
   */
  public Session stop(String vm, String name, Duration grace) {
    Json.Builder arguments = named(vm, name).put("grace", grace.toMillis() + "ms");
    return Session.of(vm, call("stop", arguments.done()));
  }

  /** Forgets one that has ended, and what it wrote. */
  public void remove(String vm, String name) {
    call("remove", named(vm, name).done());
  }

  /**
   * Joins a session on pipes, as the only one that sends to it, from the oldest output that is
   * kept.
   */
  public SessionPipe attach(String vm, String name) {
    return attach(vm, name, show(vm, name).oldest());
  }

  /**
   * The same from a cursor on: {@link SessionPipe#cursor}, {@link Session#oldest} or {@link
   * Session#newest}.
   */
  public SessionPipe attach(String vm, String name, String cursor) {
    return new SessionPipe(this, vm, name, cursor);
  }

  ByteStream stream(String vm, String name, String cursor, long inputFrom) {
    Json arguments =
        named(vm, name).put("pipe", true).put("since", cursor).put("input-from", inputFrom).done();
    BangerClient client = connect();
    try {
      Json params = params(client, "attach", arguments).put("tty", false).done();
      return client.stream("plugin.stream", params, Notifications.IGNORED);
    } catch (RuntimeException e) {
      client.close();
      throw e;
    }
  }

  private static Json.Builder named(String vm, String name) {
    return Json.build().put("vm", vm).put("session", name);
  }

  private Json call(String verb, Json arguments) {
    try (BangerClient client = connect()) {
      return client.call("plugin.call", params(client, verb, arguments).done());
    }
  }

  private Json.Builder params(BangerClient client, String verb, Json arguments) {
    Command command = commands.computeIfAbsent(verb, _ -> find(client, verb));
    return Json.build()
        .put("plugin", command.plugin())
        .put("command", command.path())
        .put("args", arguments)
        .put("cwd", "/");
  }

  private BangerClient connect() {
    return BangerClient.connect(socket, BangerClient.CONNECT_DEADLINE)
        .orElseThrow(
            () ->
                new RpcException(
                    "unavailable", "no daemon listens at " + socket, "banger daemon start"));
  }

  private static Command find(BangerClient client, String verb) {
    Json manifests = client.call("plugin.manifests", Json.build().done());
    for (Json plugin : manifests.get("plugins").elements()) {
      for (Json command : plugin.get("commands").elements()) {
        if (command.text("role").equals(ROLE + verb)) {
          return new Command(plugin.text("id"), String.join(" ", command.get("path").texts()));
        }
      }
    }
    throw new RpcException(
        "unavailable", "no active plugin provides sessions", "banger plugin list");
  }
}
