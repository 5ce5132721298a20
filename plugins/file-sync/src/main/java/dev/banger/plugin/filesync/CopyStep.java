package dev.banger.plugin.filesync;

import dev.banger.api.LifecycleStep;
import dev.banger.api.Observed;
import dev.banger.api.Started;
import dev.banger.api.StepContext;
import dev.banger.api.Stopped;
import java.util.Optional;

/** Brings the files before the VM is called ready. */
final class CopyStep implements LifecycleStep<CopyReceipt> {
  @Override
  public Started<CopyReceipt> start(StepContext<CopyReceipt> context) throws Exception {
    if (context.config(FileSyncSettings.class).entries().isEmpty()) {
      return Started.skipped("nothing configured under [[file_sync]]");
    }
    context.intend(new CopyReceipt(0));
    context.progress().started(Sync.STAGE);
    Sync.Outcome outcome = Sync.run(context, context.vm(), context.progress(), context.remaining());
    context.progress().done(Sync.STAGE, outcome.words());
    return Started.ok(new CopyReceipt(outcome.files()), outcome.words());
  }

  /** The files stay: they are on the work disk, and the next start compares them. */
  @Override
  public Stopped stop(StepContext<CopyReceipt> context, Optional<CopyReceipt> receipt) {
    return Stopped.nothingToDo();
  }

  /** Whether the guest has changed its files since is the guest's affair, until the next start. */
  @Override
  public Observed<CopyReceipt> observe(
      StepContext<CopyReceipt> context, Optional<CopyReceipt> receipt) {
    return receipt.<Observed<CopyReceipt>>map(Observed::present).orElseGet(Observed::gone);
  }
}
