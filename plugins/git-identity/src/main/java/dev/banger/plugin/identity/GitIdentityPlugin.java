package dev.banger.plugin.identity;

import dev.banger.api.CapabilityException;
import dev.banger.api.CapabilityPlugin;
import dev.banger.api.DoctorCheck;
import dev.banger.api.Permission;
import dev.banger.api.Phase;
import dev.banger.api.PluginContext;
import dev.banger.api.Registrar;
import dev.banger.api.StepSpec;

/** See the package. */
public final class GitIdentityPlugin implements CapabilityPlugin {
  static final String ID = "git-identity";

  /** Best effort: a guest whose commits have no author yet is still of use. */
  static final StepSpec IDENTITY = StepSpec.bestEffort("identity", Phase.GUEST);

  @Override
  public void register(Registrar registrar) {
    registrar.describe("Puts your git identity into guests");
    registrar.needs(Permission.VM_READ, Permission.GUEST_EXEC, Permission.hostTool("git"));
    registrar.config(IdentitySettings.DEFAULTS);
    registrar.step(IDENTITY, IdentityReceipt.class, new IdentityStep());
    registrar.after("vm.run.import", new CheckoutFollower());
    registrar.doctor(ID, GitIdentityPlugin::check);
  }

  /** What is configured, and the rest from git. */
  static Identity global(IdentitySettings settings, HostGit git) throws InterruptedException {
    return settings.over(settings.isComplete() ? Identity.NONE : git.global());
  }

  static DoctorCheck.Outcome check(PluginContext context) throws InterruptedException {
    IdentitySettings settings = context.config(IdentitySettings.class);
    HostGit git = new HostGit(context.host());
    if (!settings.isComplete() && !git.isInstalled()) {
      return DoctorCheck.Outcome.warn(
          "git is not installed; guests get no identity from it", HostGit.INSTALL);
    }
    Identity identity;
    try {
      identity = global(settings, git);
    } catch (CapabilityException e) {
      return DoctorCheck.Outcome.warn(
          e.getMessage(), e.hint().isEmpty() ? "git config --list --show-origin" : e.hint());
    }
    return identity.isComplete()
        ? DoctorCheck.Outcome.ok(identity.words())
        : DoctorCheck.Outcome.warn(
            identity.isEmpty()
                ? "no git identity: commits in guests have no author"
                : "half a git identity: " + identity.words(),
            HostGit.HINT);
  }
}
