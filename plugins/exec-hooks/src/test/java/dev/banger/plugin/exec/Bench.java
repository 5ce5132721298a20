package dev.banger.plugin.exec;

import dev.banger.api.Observed;
import dev.banger.api.Phase;
import dev.banger.api.Started;
import dev.banger.api.Stopped;
import dev.banger.api.VmView;
import dev.banger.api.build.Registration;
import dev.banger.testkit.FakeCapabilityHost;
import dev.banger.testkit.FakeContext;
import dev.banger.testkit.FakeStepContext;
import dev.banger.testkit.FakeVm;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Scripts in a directory, run for a VM called web as the daemon would run them. Each begins with
 * {@code $here}, a directory to leave traces in, and notes its calls there in {@code log}.
 */
final class Bench {
  static final VmView WEB =
      new FakeVm(
          "0123456789ab",
          "web",
          "tiny",
          "starting",
          "127.77.0.2",
          java.time.Instant.EPOCH,
          Map.of("team", "shop"));

  final Path hooks;
  final Path here;
  final FakeCapabilityHost host;
  private FakeContext context;

  Bench(Path temp) throws IOException {
    hooks = own(temp.resolve("hooks"));
    here = own(temp.resolve("here"));
    host =
        new FakeCapabilityHost(
            Registration.of(new ExecHooksPlugin(Map.of())).permissions(),
            own(temp.resolve("guests")));
    own(temp.resolve("data"));
    context = new FakeContext("exec-hooks", temp.resolve("data"), host, settings());
  }

  private static Path own(Path dir) throws IOException {
    Files.createDirectories(dir);
    return mode(dir, "rwx------");
  }

  static Path mode(Path path, String mode) throws IOException {
    return Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(mode));
  }

  private HookSettings settings(String... required) {
    return new HookSettings(hooks.toString(), Duration.ofSeconds(10), List.of(required));
  }

  Bench requiring(String... scripts) {
    return with(settings(scripts));
  }

  Bench within(Duration timeout) {
    return with(new HookSettings(hooks.toString(), timeout, List.of()));
  }

  private Bench with(HookSettings settings) {
    context = new FakeContext("exec-hooks", context.dataDir(), host, settings);
    return this;
  }

  FakeContext context() {
    return context;
  }

  /** Puts a shell script there. */
  Path script(String reference, String body) throws IOException {
    return file(
        reference,
        """
        #!/bin/sh
        here=%s
        echo "${0##*/} $1" >> "$here/log"
        %s
        """
            .formatted(here, body));
  }

  Path file(String reference, String text) throws IOException {
    Path file = hooks.resolve(reference);
    own(file.getParent());
    Files.writeString(file, text);
    return mode(file, "rwxr-xr-x");
  }

  /** The calls so far: {@code 10-a plan, 10-a start}. */
  String log() throws IOException {
    Path log = here.resolve("log");
    return Files.exists(log) ? String.join(", ", Files.readAllLines(log)) : "";
  }

  void forgetLog() throws IOException {
    Files.deleteIfExists(here.resolve("log"));
  }

  String left(String name) throws IOException {
    return Files.readString(here.resolve(name)).strip();
  }

  private HookStep step() {
    return new HookStep(Phase.GUEST, Map.of());
  }

  FakeStepContext<HookReceipt> starting() {
    return FakeStepContext.starting(context, WEB);
  }

  Started<HookReceipt> start() throws Exception {
    return start(starting());
  }

  Started<HookReceipt> start(FakeStepContext<HookReceipt> call) throws Exception {
    return step().start(call);
  }

  /** Starts, and hands back the receipt of a start that went well or in part. */
  HookReceipt started() throws Exception {
    return switch (start()) {
      case Started.Ok<HookReceipt>(HookReceipt receipt, String _) -> receipt;
      case Started.Degraded<HookReceipt>(HookReceipt receipt, String _) -> receipt;
      case Started.Skipped<HookReceipt>(String why) -> throw new AssertionError(why);
    };
  }

  Stopped stop(HookReceipt receipt) throws Exception {
    return step().stop(FakeStepContext.of(context, WEB), Optional.ofNullable(receipt));
  }

  Observed<HookReceipt> observe(HookReceipt receipt) throws Exception {
    return step().observe(FakeStepContext.of(context, WEB), Optional.ofNullable(receipt));
  }
}
