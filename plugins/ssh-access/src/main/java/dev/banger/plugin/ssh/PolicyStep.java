package dev.banger.plugin.ssh;

import dev.banger.api.GuestCommand;
import dev.banger.api.GuestResult;
import dev.banger.api.LifecycleStep;
import dev.banger.api.Started;
import dev.banger.api.StepContext;
import dev.banger.api.Stopped;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Looks whether the guest's sshd goes by what it was told. An image may not include drop-ins, or
 * say otherwise before it does; that is told, and not mended: the image's file is its maker's.
 */
final class PolicyStep implements LifecycleStep<PolicyReceipt> {
  private static final Duration LIMIT = Duration.ofSeconds(20);
  private static final int NO_SSHD = 43;
  private static final int NOT_FOUND = 127;
  private static final int NOT_EXECUTABLE = 126;

  /** As it would treat root; sshd alone knows in which order it believes its files. */
  private static final String SCRIPT =
      """
      PATH=$PATH:/usr/sbin:/sbin:/usr/local/sbin
      sshd=$(command -v sshd) || exit %d
      # sshd wants to see it, and its service may not have made it yet.
      mkdir -p -m 0755 /run/sshd
      exec "$sshd" -T -C user=root,host=localhost,addr=127.0.0.1,laddr=127.0.0.1,lport=22
      """
          .formatted(NO_SSHD);

  @Override
  public Started<PolicyReceipt> start(StepContext<PolicyReceipt> context) throws Exception {
    Duration limit = LIMIT.compareTo(context.remaining()) < 0 ? LIMIT : context.remaining();
    GuestResult said =
        context.host().exec(context.vm(), GuestCommand.of(limit, "/bin/sh", "-c", SCRIPT));
    return switch (said.exitCode()) {
      case NO_SSHD -> Started.skipped("there is no sshd in this guest");
      case NOT_FOUND, NOT_EXECUTABLE -> Started.skipped("there is no shell in this guest to ask");
      case 0 -> judged(said.stdout());
      default ->
          degraded(
              "the guest's sshd refuses its configuration: "
                  + SshdPolicy.shortened(said.stderr().lines().findFirst().orElse("")));
    };
  }

  private static Started<PolicyReceipt> judged(String effective) {
    List<String> breaches = SshdPolicy.breaches(effective);
    return breaches.isEmpty()
        ? Started.ok(new PolicyReceipt("keys only"), "sshd takes keys only")
        : degraded(
            "the image's own sshd_config goes before banger's, so its sshd has %s; begin it with: Include /etc/ssh/sshd_config.d/*.conf"
                .formatted(String.join("; ", breaches)));
  }

  private static Started<PolicyReceipt> degraded(String why) {
    return Started.degraded(new PolicyReceipt(why), why);
  }

  @Override
  public Stopped stop(StepContext<PolicyReceipt> context, Optional<PolicyReceipt> receipt) {
    return Stopped.nothingToDo();
  }
}
