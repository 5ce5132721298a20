package com.example.audit;

import dev.banger.api.CapabilityException;
import dev.banger.api.FailureKind;
import dev.banger.api.GuestCommand;
import dev.banger.api.GuestResult;
import dev.banger.api.LifecycleStep;
import dev.banger.api.Observed;
import dev.banger.api.Started;
import dev.banger.api.StepContext;
import dev.banger.api.Stopped;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** Marks a VM as running with a file of its own, and notes its start and its stop in the log. */
final class LogStep implements LifecycleStep<LogReceipt> {
  @Override
  public Started<LogReceipt> start(StepContext<LogReceipt> context) throws Exception {
    // Looks only, so there is nothing to take back yet.
    String kernel = kernel(context);
    LogReceipt receipt = new LogReceipt(markOf(context), context.operation());
    // Before each side effect: from here on, stop is given this receipt, even after a crash.
    context.intend(receipt);
    Files.writeString(receipt.mark(), content(context));
    Runs.of(context, context.vm()).started(receipt.run(), Instant.now(), kernel);
    return Started.ok(receipt, "kernel " + kernel);
  }

  @Override
  public Stopped stop(StepContext<LogReceipt> context, Optional<LogReceipt> receipt)
      throws IOException {
    receipt.ifPresent(known -> Runs.of(context, context.vm()).stopped(known.run(), Instant.now()));
    // Without a receipt it is found by the VM's id.
    Path mark = receipt.map(LogReceipt::mark).orElseGet(() -> markOf(context));
    return Files.deleteIfExists(mark) ? Stopped.released() : Stopped.nothingToDo();
  }

  @Override
  public Observed<LogReceipt> observe(StepContext<LogReceipt> context, Optional<LogReceipt> receipt)
      throws IOException {
    if (receipt.isEmpty() || Files.notExists(receipt.get().mark())) {
      return Observed.gone();
    }
    LogReceipt known = receipt.get();
    return Files.readString(known.mark()).equals(content(context))
        ? Observed.present(known)
        : Observed.drifted(known, known.mark() + " was changed");
  }

  private static Path markOf(StepContext<LogReceipt> context) {
    return context.dataDir().resolve(context.vm().id() + ".running");
  }

  private static String content(StepContext<LogReceipt> context) {
    return context.vm().name() + "\n";
  }

  private static String kernel(StepContext<LogReceipt> context) throws InterruptedException {
    GuestCommand uname = GuestCommand.of(Duration.ofSeconds(20), "uname", "-r");
    GuestResult result = context.host().exec(context.vm(), uname);
    if (result.exitCode() != 0) {
      throw new CapabilityException(
          FailureKind.GUEST, "uname -r ended with exit code " + result.exitCode());
    }
    // Whatever comes from a guest may be anything.
    return result.stdout().lines().findFirst().orElse("").strip().replaceAll("[^!-~]", "?");
  }
}
