package dev.banger.cli.command;

import dev.banger.cli.base.BuildVersion;
import dev.banger.cli.base.Command;
import dev.banger.cli.base.Failure;
import dev.banger.cli.base.Invocation;
import dev.banger.cli.base.Options;
import dev.banger.cli.base.Quantities;
import dev.banger.cli.daemon.Daemon;
import dev.banger.cli.daemon.DaemonLog;
import dev.banger.cli.daemon.DaemonStarter;
import dev.banger.cli.daemon.HostProcess;
import dev.banger.cli.term.Console;
import dev.banger.cli.term.Table;
import dev.banger.client.BangerClient;
import dev.banger.client.DaemonSocket;
import dev.banger.client.Directories;
import dev.banger.client.Json;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** {@code banger daemon start|stop|restart|status|logs|describe}. */
public final class DaemonCommands implements Command {
  private static final long STOP_MILLIS = 20_000;
  private static final long POLL_MILLIS = 50;
  private static final long FOLLOW_MILLIS = 200;

  private final String verb;

  public DaemonCommands(String verb) {
    this.verb = verb;
  }

  @Override
  public void describe(Options options) {
    switch (verb) {
      case "start" ->
          options
              .summary("start the daemon; any command that needs it does so too")
              .example("banger daemon start");
      case "stop" ->
          options.summary("stop the daemon; VMs keep running").example("banger daemon stop");
      case "restart" ->
          options
              .summary("stop the daemon and start it again; VMs keep running")
              .example("banger daemon restart");
      case "status" ->
          options
              .summary("whether the daemon runs, and what it has found; starts none")
              .example("banger daemon status")
              .example("banger daemon status -o json");
      case "describe" ->
          options
              .summary("what the daemon's methods take and answer, as an OpenRPC document")
              .description("Asks the daemon where one runs, else its program; starts none.")
              .example("banger daemon describe");
      default ->
          options
              .summary("what the daemon printed")
              .flag("-f", "--follow", "go on as it prints more")
              .value("--tail", "N", "only the last N lines (default 200)")
              .example("banger daemon logs --tail 50");
    }
  }

  @Override
  public int run(Invocation call) throws IOException, InterruptedException {
    return switch (verb) {
      case "start" -> start(call, false);
      case "stop" -> stop(call, true);
      case "restart" -> {
        stop(call, false);
        yield start(call, true);
      }
      case "status" -> status(call);
      case "describe" -> RpcDescription.print(call);
      default -> logs(call);
    };
  }

  /** Over the bare connection: a daemon of another version can be stopped and looked at too. */
  private static Optional<BangerClient> find(Console console) {
    return BangerClient.connectToAny(
        DaemonSocket.path(console.env()), BangerClient.CONNECT_DEADLINE);
  }

  /**
   * @param isRestart whether none ran a moment ago, so that one that runs was started since, if
   *     only by the connection to a socket of systemd's
   */
  private static int start(Invocation call, boolean isRestart) {
    Path socket = DaemonSocket.path(call.console().env());
    Optional<BangerClient> running = find(call.console());
    boolean isStarted = running.isEmpty() && new DaemonStarter(call.console()).start(false);
    if (running.isEmpty()) {
      running = find(call.console());
    }
    if (running.isEmpty()) {
      throw Failure.failed(
          "unavailable", "nobody listens on " + socket + " after the start", "banger daemon logs");
    }
    Json pong;
    try (BangerClient client = running.get()) {
      pong = client.call("daemon.ping", Json.build().done(), Daemon.START_DEADLINE);
    }
    isStarted |= isRestart;
    if (call.isJson()) {
      call.print(
          Json.build()
              .put("running", true)
              .put("started", isStarted)
              .put("pid", pong.get("pid"))
              .put("version", pong.get("version"))
              .put("socket", socket.toString())
              .done());
    } else if (call.isQuiet()) {
      call.say(pong.text("pid"));
    } else {
      call.say(
          (isStarted ? "started" : "already running")
              + ": pid "
              + pong.text("pid")
              + ", version "
              + pong.text("version")
              + ", socket "
              + socket);
    }
    return 0;
  }

  private static int stop(Invocation call, boolean isAsked) throws InterruptedException {
    Optional<BangerClient> running = find(call.console());
    boolean wasRunning = running.isPresent();
    if (wasRunning) {
      long pid;
      boolean isLent;
      try (BangerClient client = running.get()) {
        pid =
            client
                .call("daemon.ping", Json.build().done(), Daemon.START_DEADLINE)
                .get("pid")
                .number(-1);
        Json stopping =
            client.call("daemon.stop", Json.build().done(), BangerClient.CONNECT_DEADLINE);
        isLent = stopping.text("startedBy").equals("systemd");
      }
      awaitEnd(call, pid, isLent);
    }
    if (isAsked && call.isJson()) {
      call.print(Json.build().put("running", false).put("stopped", wasRunning).done());
    } else if (isAsked && !call.isQuiet()) {
      call.say(wasRunning ? "stopped; VMs keep running" : "it was not running");
    }
    return 0;
  }

  /**
   * @param isLent whether systemd has the socket: it listens on, and a connection would start the
   *     next daemon
   */
  private static void awaitEnd(Invocation call, long pid, boolean isLent)
      throws InterruptedException {
    long giveUp = System.nanoTime() + STOP_MILLIS * 1_000_000;
    while (true) {
      Optional<BangerClient> still = isLent ? Optional.empty() : find(call.console());
      boolean isListening = still.isPresent();
      if (isListening) {
        still.get().close();
      }
      // Its process too, where it is another's: a next daemon waits for the locks of this one.
      boolean isAlive =
          pid > 0 && pid != ProcessHandle.current().pid() && HostProcess.isRunning(pid);
      if (!isListening && !isAlive) {
        return;
      }
      if (System.nanoTime() > giveUp) {
        throw Failure.failed(
            "timeout",
            "the daemon (pid " + pid + ") did not end within " + STOP_MILLIS / 1000 + " s",
            "banger daemon logs; then kill " + pid);
      }
      Thread.sleep(POLL_MILLIS);
    }
  }

  private static int status(Invocation call) {
    Path socket = DaemonSocket.path(call.console().env());
    Optional<BangerClient> running = find(call.console());
    if (running.isEmpty()) {
      if (call.isJson()) {
        call.print(Json.build().put("running", false).put("socket", socket.toString()).done());
      } else {
        call.say("not running (socket " + socket + ")");
        if (!call.isQuiet()) {
          call.note("banger daemon start starts it; so does any command that needs it");
        }
      }
      return 0;
    }
    Json status;
    try (BangerClient client = running.get()) {
      status = client.call("daemon.status", Json.build().done());
    }
    if (call.isJson()) {
      call.print(status);
    } else if (call.isQuiet()) {
      call.say(status.text("pid"));
    } else {
      show(call, status);
    }
    return 0;
  }

  private static void show(Invocation call, Json status) {
    String version = status.text("version");
    Table head = Table.bare(2);
    head.row(
        "daemon",
        "running, pid "
            + status.text("pid")
            + ", up "
            + Quantities.elapsed(status.get("uptimeSeconds").number(0) * 1000)
            + (status.text("startedBy").equals("systemd") ? ", started by systemd" : ""));
    head.row(
        "version",
        version.equals(BuildVersion.VERSION)
            ? version
            : version + " (this program is " + BuildVersion.VERSION + ")");
    head.row("socket", status.text("socket"));
    Json vms = status.get("vms");
    Json network = status.get("network");
    if (!network.text("mode").isEmpty()) {
      String why =
          network.text("problem").isEmpty() ? network.text("reason") : network.text("problem");
      head.row(
          "network",
          (network.text("mode")
                  + "  "
                  + (network.text("bridge").isEmpty() ? "" : network.text("bridge") + "  ")
                  + why)
              .strip());
    }
    head.row("vms", vms.text("running") + " running of " + vms.text("total"));
    for (Json driver : status.get("drivers").elements()) {
      head.row(
          "driver",
          driver.text("name")
              + (driver.get("usable").truth(false) ? "  usable  " : "  not usable  ")
              + driver.text("accel")
              + (driver.text("reason").isEmpty() ? "" : "  " + driver.text("reason")));
    }
    for (Json plugin : status.get("plugins").elements()) {
      head.row(
          "plugin",
          plugin.isObject()
              ? plugin.text("id") + " " + plugin.text("version") + "  " + plugin.text("state")
              : plugin.text());
    }
    for (Json listener : status.get("listeners").elements()) {
      head.row("listener", Show.cell(listener));
    }
    head.print(call.out());
  }

  private static int logs(Invocation call) throws IOException, InterruptedException {
    DaemonLog log = new DaemonLog(Directories.from(call.console().env()).daemonLog());
    String tail = call.parsed().value("--tail");
    long lines =
        tail == null
            ? 200
            : Quantities.count(tail, "--tail", 1, 1_000_000, "--tail 50 for the last 50 lines");
    if (log.size() == 0) {
      call.note(
          "the daemon has printed nothing yet ("
              + log.file()
              + "); one that systemd started prints into the journal: journalctl --user -u banger");
    }
    long seen = log.size();
    print(call, log.tail(0, (int) lines));
    while (call.parsed().flag("--follow") && !call.out().checkError()) {
      Thread.sleep(FOLLOW_MILLIS);
      List<String> more = new ArrayList<>();
      seen = log.follow(seen, more);
      print(call, more);
    }
    return 0;
  }

  private static void print(Invocation call, List<String> lines) {
    for (String line : lines) {
      if (call.isJson()) {
        call.print(Json.build().put("line", line).done());
      } else {
        call.out().println(line);
      }
    }
    call.out().flush();
  }
}
