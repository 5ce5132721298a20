package dev.banger.core.plugins;

import dev.banger.api.CapabilityException;
import dev.banger.api.CommandMode;
import dev.banger.api.CommandResult;
import dev.banger.api.CommandSpec;
import dev.banger.api.TerminalStreams;
import dev.banger.api.build.JsonText;
import dev.banger.api.build.Registration;
import dev.banger.core.lifecycle.Progress;
import dev.banger.core.model.BangerException;
import dev.banger.core.model.ErrorKind;
import dev.banger.hooks.Gate;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** Carries out the commands of plugins. Thread-safe. */
final class Commands {
  /** For commands that end when whoever watches them does. */
  private static final Duration UNLIMITED = Duration.ofDays(365);

  private static final int LONGEST_RESULT = 8 << 20;
  private static final int LONGEST_ROW = 1 << 20;

  private final LoadedVersions versions;
  private final Followers followers;
  private final Function<String, BangerException> absent;
  private final Uses uses;

  /**
   * @param absent what to say of a plugin that is not active
   */
  Commands(LoadedVersions versions, Function<String, BangerException> absent, Uses uses) {
    this.uses = uses;
    this.versions = versions;
    this.followers = new Followers(versions, Followers.LIMIT);
    this.absent = absent;
  }

  /** Is told which VMs commands are about, as long as these run. */
  @FunctionalInterface
  interface Uses {
    /**
     * @return to be run at the end
     */
    Runnable begin(String vm, String by);
  }

  /** What asks about VMs by their names uses them. */
  private Runnable begin(CommandSpec spec, CallArguments arguments) {
    List<Runnable> ends =
        arguments.vms().stream().map(vm -> uses.begin(vm, "command " + spec.path())).toList();
    return () -> ends.forEach(Runnable::run);
  }

  /** One use of a command. */
  record Use(String plugin, String command, String argsJson, Path cwd) {}

  /**
   * Commands of mode ANSWER and LIVE, and what other plugins do after them.
   *
   * @return the result as JSON
   */
  String call(Use use, Progress progress, PluginRuntime.RowSink rows) throws InterruptedException {
    Done done = carryOut(use, progress, rows);
    for (CapabilityException failure : done.result().failures()) {
      rows.failure(Failures.toCore(failure));
    }
    Optional<String> role = done.spec().role();
    if (role.isPresent() && done.result().exitCode() == 0) {
      // The command's own version is let go of first: it need not wait for others.
      followers.follow(role.get(), done.arguments(), done.result(), progress);
    }
    return done.json();
  }

  private record Done(
      CommandSpec spec, CallArguments arguments, CommandResult result, String json) {}

  private Done carryOut(Use use, Progress progress, PluginRuntime.RowSink rows)
      throws InterruptedException {
    try (LoadedVersions.Hold hold = hold(use)) {
      HostedPlugin plugin = hold.plugins().getFirst();
      Registration.Command declared = declared(plugin, use);
      CommandSpec spec = declared.spec();
      CallArguments arguments = CallArguments.parse(spec, use.argsJson(), use.cwd());
      boolean live = arguments.isLive(spec);
      CallArguments.Ends ends =
          switch (spec.mode()) {
            case ANSWER, LIVE ->
                live
                    ? CallArguments.Ends.rows(row -> rows.row(bounded(plugin, row)))
                    : CallArguments.Ends.NONE;
            case ATTACH ->
                throw new BangerException(
                    ErrorKind.USAGE,
                    "command \"%s\" is attached to a terminal".formatted(spec.path()),
                    "use plugin.stream");
          };
      Gate.Body<Done> body =
          lease -> {
            CommandResult result =
                declared
                    .handler()
                    .run(
                        arguments.call(
                            plugin.context(lease), new Stages(progress, lease), lease, ends));
            return new Done(spec, arguments, result, answer(result));
          };
      // What is left running to look on is no use: it would never end.
      Runnable end = live ? () -> {} : begin(spec, arguments);
      Done done;
      try {
        done =
            live
                ? attached(plugin, hold, name(use), body)
                : entered(plugin, name(use), spec.deadline(), body);
      } finally {
        end.run();
      }
      if (done.json().length() > LONGEST_RESULT) {
        throw new BangerException(
            ErrorKind.INTERNAL,
            "plugin %s answered with more than %d MiB"
                .formatted(plugin.id(), LONGEST_RESULT >> 20));
      }
      return done;
    }
  }

  private static String answer(CommandResult result) {
    return result.exitCode() == 0 || !result.failures().isEmpty()
        ? JsonText.compact(result.value())
        : "{\"exitCode\":%d}".formatted(result.exitCode());
  }

  private static String bounded(HostedPlugin plugin, CommandResult row) {
    String json = JsonText.compact(row.value());
    if (json.length() > LONGEST_ROW) {
      throw new IllegalArgumentException(
          "a row of plugin %s is larger than %d MiB".formatted(plugin.id(), LONGEST_ROW >> 20));
    }
    return json;
  }

  /**
   * What is wrong with the use of a command of mode ATTACH shows before anything is attached.
   *
   * @throws BangerException of kind USAGE or NOT_FOUND
   */
  void checkAttachable(Use use) {
    try (LoadedVersions.Hold hold = hold(use)) {
      CommandSpec spec = declared(hold.plugins().getFirst(), use).spec();
      if (spec.mode() != CommandMode.ATTACH) {
        throw new BangerException(
            ErrorKind.USAGE,
            "command \"%s\" is not attached to a terminal".formatted(spec.path()),
            "use plugin.call");
      }
      var _ = CallArguments.parse(spec, use.argsJson(), use.cwd());
    }
  }

  /**
   * Commands of mode ATTACH. Ended by an interrupt.
   *
   * @return the exit code
   */
  int attach(Use use, Progress progress, TerminalStreams terminal) throws InterruptedException {
    try (LoadedVersions.Hold hold = hold(use)) {
      HostedPlugin plugin = hold.plugins().getFirst();
      Registration.Command declared = declared(plugin, use);
      CallArguments arguments = CallArguments.parse(declared.spec(), use.argsJson(), use.cwd());
      Runnable end = begin(declared.spec(), arguments);
      try {
        return attached(
            plugin,
            hold,
            name(use),
            lease ->
                declared
                    .handler()
                    .run(
                        arguments.call(
                            plugin.context(lease),
                            new Stages(progress, lease),
                            lease,
                            CallArguments.Ends.terminal(terminal)))
                    .exitCode());
      } finally {
        end.run();
      }
    }
  }

  private static String name(Use use) {
    return use.command().replace(' ', '-');
  }

  private LoadedVersions.Hold hold(Use use) {
    return versions.hold(use.plugin()).orElseThrow(() -> absent.apply(use.plugin()));
  }

  private static Registration.Command declared(HostedPlugin plugin, Use use) {
    return Optional.ofNullable(plugin.registration().commands().get(use.command()))
        .orElseThrow(
            () ->
                new BangerException(
                    ErrorKind.NOT_FOUND,
                    "plugin %s has no command \"%s\"".formatted(plugin.id(), use.command()),
                    "banger plugin info " + plugin.id()));
  }

  private static <T> T entered(
      HostedPlugin plugin, String what, Duration deadline, Gate.Body<T> body)
      throws InterruptedException {
    try {
      return plugin.gate().enter(what, deadline, body);
    } catch (CapabilityException e) {
      throw Failures.toCore(e);
    }
  }

  /** Holds nobody up: it is ended when the version is no longer to be used. */
  private static <T> T attached(
      HostedPlugin plugin, LoadedVersions.Hold hold, String what, Gate.Body<T> body)
      throws InterruptedException {
    Attachment attachment = new Attachment(Thread.currentThread());
    Runnable end = attachment::end;
    plugin.attach(end);
    try {
      return entered(plugin, what, UNLIMITED, body);
    } catch (InterruptedException e) {
      if (attachment.finish()) {
        throw new BangerException(
            ErrorKind.UNAVAILABLE,
            "plugin %s was switched off or replaced".formatted(plugin.title()),
            "banger plugin info " + plugin.id());
      }
      throw e;
    } finally {
      var _ = attachment.finish();
      plugin.detach(end);
      hold.close();
    }
  }

  /** Interrupts a thread, but never after it has gone on to something else. */
  private static final class Attachment {
    private final Thread thread;
    private boolean ended;
    private boolean over;

    Attachment(Thread thread) {
      this.thread = thread;
    }

    synchronized void end() {
      if (!over) {
        ended = true;
        thread.interrupt();
      }
    }

    /** Whether it was ended from outside. */
    synchronized boolean finish() {
      if (!over && ended) {
        var _ = Thread.interrupted();
      }
      over = true;
      return ended;
    }
  }
}
