package dev.banger.plugin.sessions;

import dev.banger.api.CommandHandler;
import dev.banger.api.CommandSpec;
import dev.banger.api.GuestJob;
import dev.banger.api.GuestJobSpec;
import dev.banger.api.Permission;
import dev.banger.api.TerminalStreams;
import dev.banger.testkit.FakeCapabilityHost;
import dev.banger.testkit.FakeCommandCall;
import dev.banger.testkit.FakeContext;
import dev.banger.testkit.FakeTerminal;
import dev.banger.testkit.FakeVm;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The VM {@code web} with sessions that are processes of this machine. */
final class Guest implements AutoCloseable {
  static final Duration LIMIT = Duration.ofSeconds(20);
  static final FakeVm WEB = FakeVm.running("web");

  final FakeCapabilityHost host;
  private final Path dir;

  Guest(Path dir) {
    this.dir = dir;
    this.host =
        new FakeCapabilityHost(
                Set.of(Permission.VM_READ, Permission.GUEST_EXEC, Permission.GUEST_FILES), dir)
            .with(WEB)
            .with(FakeVm.running("off").in("stopped"));
  }

  /** On pipes, keeping the least. */
  void start(String name, String... argv) {
    start(name, Optional.empty(), argv);
  }

  void startOnTerminal(String name, String... argv) {
    start(name, Optional.of(new TerminalStreams.Size(24, 80)), argv);
  }

  private void start(String name, Optional<TerminalStreams.Size> terminal, String... argv) {
    host.startJob(
        WEB,
        new GuestJobSpec(
            name, List.of(argv), "", Map.of(), terminal, GuestJobSpec.LEAST_KEPT, false),
        LIMIT);
  }

  Named named(String name) {
    return new Named(host, WEB, name);
  }

  GuestJob job(String name) {
    return host.job(WEB, name, LIMIT);
  }

  GuestJob ended(String name) throws InterruptedException {
    GuestJob job = job(name);
    while (job.isRunning()) {
      Thread.sleep(5);
      job = job(name);
    }
    return job;
  }

  FakeCommandCall call(CommandSpec spec, TerminalStreams terminal, String... values) {
    Map<String, String> all = new HashMap<>(Map.of("vm", "web"));
    for (int i = 0; i < values.length; i += 2) {
      all.put(values[i], values[i + 1]);
    }
    return FakeCommandCall.of(spec, all, dir, new FakeContext("sessions", dir, host))
        .attachedTo(terminal);
  }

  /** The fields of the answer. */
  Map<?, ?> run(CommandHandler handler, CommandSpec spec, String... values) throws Exception {
    Object value = handler.run(call(spec, FakeTerminal.piping(""), values)).value();
    return value instanceof Map<?, ?> map ? map : Map.of();
  }

  @Override
  public void close() {
    host.stopJobs();
  }
}
