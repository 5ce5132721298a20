package dev.banger.plugin.identity;

import dev.banger.api.LifecycleStep;
import dev.banger.api.PluginStore;
import dev.banger.api.Started;
import dev.banger.api.StepContext;
import dev.banger.api.Stopped;
import java.util.Optional;

/**
 * Puts the host's identity into the guest's own configuration. What the guest has changed since is
 * the guest's.
 */
final class IdentityStep implements LifecycleStep<IdentityReceipt> {
  @Override
  public Started<IdentityReceipt> start(StepContext<IdentityReceipt> context) throws Exception {
    IdentitySettings settings = context.config(IdentitySettings.class);
    HostGit git = new HostGit(context.host());
    boolean canAsk = settings.isComplete() || git.isInstalled();
    Identity identity =
        canAsk ? GitIdentityPlugin.global(settings, git) : settings.over(Identity.NONE);
    if (identity.isEmpty()) {
      String why = canAsk ? "this host has no git identity" : "git is not installed on this host";
      context
          .progress()
          .note(GitIdentityPlugin.ID, why + "; " + (canAsk ? HostGit.HINT : HostGit.INSTALL));
      return Started.skipped(why);
    }
    return bring(identity, context);
  }

  private static Started<IdentityReceipt> bring(
      Identity identity, StepContext<IdentityReceipt> context) throws InterruptedException {
    GuestConfig file = GuestConfig.global(context.host(), context.vm());
    ConfigText text = file.parsed();
    PluginStore store = context.store().of(context.vm());
    Optional<Written> before = store.get(Written.KEY, Written.class);
    Change change = Change.of(identity, text, before);
    IdentityReceipt receipt = new IdentityReceipt(file.path());
    context.intend(receipt);
    Written known = before.orElse(Written.NOTHING);
    if (!change.isMade()) {
      // Old and new, in case it is cut off: else ours would be taken for the guest's own.
      store.put(Written.KEY, known.and(change.ours()));
      file.write(text.withUser(change.ours()));
    }
    Written after = known.but(change.ours());
    if (!change.isMade() || !before.equals(Optional.of(after))) {
      store.put(Written.KEY, after);
    }
    String words = identity.words();
    if (!change.theirs().isEmpty()) {
      words += "; the guest keeps its own " + String.join(" and ", change.theirs());
    }
    context.progress().done(GitIdentityPlugin.ID, words);
    return Started.ok(receipt, change.isMade() ? words + ", unchanged" : words);
  }

  @Override
  public Stopped stop(StepContext<IdentityReceipt> context, Optional<IdentityReceipt> receipt) {
    return Stopped.nothingToDo();
  }
}
