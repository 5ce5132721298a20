package dev.banger.cli.command;

import dev.banger.cli.base.Failure;
import dev.banger.cli.base.Invocation;
import dev.banger.cli.base.Stages;
import dev.banger.cli.daemon.Daemon;
import dev.banger.cli.daemon.Manifests;
import dev.banger.cli.term.Signals;
import dev.banger.client.BangerClient;
import dev.banger.client.DaemonSocket;
import dev.banger.client.Json;
import dev.banger.client.RpcException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * A plugin run from its build folder until a signal ends that. Each request has a connection of its
 * own, so that a daemon may be restarted in between.
 */
final class DevSession {
  /** How often the folder is looked at; a build is over when two looks in a row are the same. */
  private static final long LOOK_MILLIS = 300;

  private final Invocation call;
  private final Path project;
  private final BuildWatch watch;
  private final CountDownLatch ended = new CountDownLatch(1);
  private volatile BangerClient busy;
  private volatile boolean hasLeft;
  private String id = "";

  DevSession(Invocation call, Path project) {
    this.call = call;
    this.project = project;
    this.watch = new BuildWatch(project);
  }

  void run() throws InterruptedException {
    Signals signals = call.console().signals();
    try (Signals.Subscription interrupted = signals.on("INT", this::end);
        Signals.Subscription terminated = signals.on("TERM", this::end);
        Signals.Subscription hungUp = signals.on("HUP", this::end)) {
      call.note(
          "runs what is in " + watch.classes() + ", unreviewed, inside the daemon; Ctrl-C ends it");
      try {
        loadAtEachBuild();
      } finally {
        if (!id.isEmpty()) {
          takeBack();
        }
      }
    }
  }

  /** The first signal ends the watching; the next one also the request that is waited for. */
  private void end() {
    BangerClient waitedFor = busy;
    if (ended.getCount() == 0 && waitedFor != null) {
      hasLeft = true;
      waitedFor.close();
    }
    ended.countDown();
  }

  private void loadAtEachBuild() throws InterruptedException {
    long last = watch.fingerprint();
    long loaded = last;
    load(loaded);
    String daemon = daemon("");
    while (!ended.await(LOOK_MILLIS, TimeUnit.MILLISECONDS)) {
      long now = watch.fingerprint();
      boolean isSettled = now == last;
      last = now;
      String daemonNow = daemon(daemon);
      // A daemon that was restarted has forgotten the build folder.
      if (isSettled && (now != loaded || !daemonNow.equals(daemon))) {
        loaded = now;
        load(now);
        daemon = daemon(daemonNow);
      }
    }
  }

  /** Tells one daemon from the next; {@code before} while none listens. */
  private String daemon(String before) {
    try {
      BasicFileAttributes socket =
          Files.readAttributes(DaemonSocket.path(call.console().env()), BasicFileAttributes.class);
      return socket.fileKey() + " " + socket.creationTime();
    } catch (IOException e) {
      return before;
    }
  }

  private void load(long fingerprint) {
    if (fingerprint == BuildWatch.NOTHING) {
      call.note("waiting for " + watch.classes().resolve("banger-plugin.json"));
      return;
    }
    try (BangerClient client = call.newClient()) {
      busy = client;
      Json params = Json.build().put("dir", project.toString()).done();
      Stages stages = PluginSwitch.stages(call);
      Json plugin = client.call("plugin.dev", params, stages);
      stages.clear();
      if (!id.isEmpty() && !id.equals(plugin.text("id"))) {
        takeBack();
      }
      id = plugin.text("id");
      Manifests.refresh(call.console(), client);
      tell(plugin);
    } catch (RpcException e) {
      tell(hasLeft ? left() : Failure.of(e));
    } catch (Failure e) {
      tell(e);
    } finally {
      busy = null;
    }
  }

  private static Failure left() {
    return Failure.interrupted(
        "interrupted; the daemon may still be loading the plugin",
        "banger plugin list; banger plugin reload ID brings back what is installed");
  }

  private void takeBack() {
    String old = id;
    id = "";
    try {
      // A daemon that has ended has forgotten the build folder.
      Optional<BangerClient> running = Daemon.find(call.console());
      if (running.isPresent()) {
        try (BangerClient client = running.get()) {
          busy = client;
          Json plugin = client.call("plugin.undev", Json.build().put("id", old).done());
          Manifests.refresh(call.console(), client);
          tell(plugin);
        }
      }
    } catch (RpcException e) {
      tell(Failure.of(e));
    } catch (Failure e) {
      tell(e);
    } finally {
      busy = null;
    }
  }

  private void tell(Json plugin) {
    if (call.isJson()) {
      call.print(Json.build().put("result", plugin).done());
    } else {
      call.say(call.isQuiet() ? plugin.text("id") : PluginWords.line(plugin));
      call.out().flush();
    }
  }

  private void tell(Failure failure) {
    if (call.isJson()) {
      call.print(Json.build().put("error", failure.toJson()).done());
      return;
    }
    call.note("error: " + failure.getMessage());
    for (String detail : failure.details()) {
      call.note("  " + detail);
    }
    if (!failure.hint().isEmpty()) {
      call.note("hint:  " + failure.hint());
    }
  }
}
