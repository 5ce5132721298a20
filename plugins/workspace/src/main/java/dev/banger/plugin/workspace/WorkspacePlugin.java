package dev.banger.plugin.workspace;

import dev.banger.api.CapabilityException;
import dev.banger.api.CapabilityHost;
import dev.banger.api.CapabilityPlugin;
import dev.banger.api.CommandCall;
import dev.banger.api.CommandResult;
import dev.banger.api.CommandSpec;
import dev.banger.api.DoctorCheck;
import dev.banger.api.FailureKind;
import dev.banger.api.Permission;
import dev.banger.api.PluginContext;
import dev.banger.api.Registrar;
import dev.banger.api.ValueSpec;
import dev.banger.api.ValueType;
import dev.banger.api.VmView;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/** See the package. */
public final class WorkspacePlugin implements CapabilityPlugin {
  private static final Duration TURN = Duration.ofSeconds(2);

  static final CommandSpec PREPARE =
      CommandSpec.builder("vm workspace prepare", "Put a repository of this host into a VM")
          .description(
              "Copies the git repository at PATH, with its history, to a directory in the VM. The"
                  + " guest needs no git for it. tracked takes the files of HEAD with the history of"
                  + " HEAD; shallow the same with the last commit only; full the working tree as it"
                  + " is, all branches and tags, and the submodules. Ignored files are never taken"
                  + " along, nor are hooks, credentials and other configuration of the repository."
                  + " A directory that is not empty is not overwritten.")
          .example("banger vm workspace prepare web")
          .example("banger vm workspace prepare web ~/src/shop --mode shallow --dest /root/shop")
          .role("vm.run.import")
          .deadline(Duration.ofMinutes(45))
          .arg(ValueSpec.required("vm", ValueType.VM, "the VM; it must be running"))
          .arg(
              ValueSpec.optional("path", ValueType.PATH, "a directory in the repository")
                  .orElse("."))
          .option(
              ValueSpec.optional("mode", ValueType.TEXT, "how much to take along")
                  .oneOf("tracked", "shallow", "full")
                  .orElse("tracked"))
          .option(
              ValueSpec.flag(
                  "include-uncommitted",
                  "take changed and new files as they are now; ignored ones stay here"))
          .option(
              ValueSpec.optional("dest", ValueType.TEXT, "directory in the VM, below /root")
                  .orElse("/root/repo"))
          .build();

  @Override
  public void register(Registrar registrar) {
    registrar.describe("Puts repositories of this host into VMs");
    registrar.needs(
        Permission.VM_READ,
        Permission.GUEST_EXEC,
        Permission.GUEST_FILES,
        Permission.hostTool("git"));
    registrar.vmRemoved((vm, context) -> Baseline.drop(context, vm));
    registrar.sweep(WorkspacePlugin::sweep);
    registrar.command(PREPARE, WorkspacePlugin::prepare);
    registrar.command(Export.COMMAND, Export::export);
    registrar.command(Export.CHANGES, Export::changes);
    registrar.doctor("git", WorkspacePlugin::check);
  }

  private static List<String> sweep(Predicate<String> exists, PluginContext context)
      throws Exception {
    List<String> removed = new ArrayList<>(Scratch.sweep(context));
    removed.addAll(Stagings.sweep(context));
    removed.addAll(Baseline.sweep(exists, context));
    return removed;
  }

  static CommandResult prepare(CommandCall call) throws Exception {
    CapabilityHost host = call.host();
    VmView vm = host.resolve(call.text("vm"));
    Destination destination = new Destination(call.context(), vm, call.text("dest"));
    if (!vm.isRunning()) {
      throw new CapabilityException(
          FailureKind.ILLEGAL_STATE,
          "VM %s is %s, not running".formatted(vm.name(), vm.state()),
          "banger vm start " + vm.name());
    }
    return host.withLock(Stagings.lock(vm), TURN, () -> new Transfer(call, vm, destination).run());
  }

  static DoctorCheck.Outcome check(PluginContext context) {
    return context
        .host()
        .find("git")
        .map(tool -> DoctorCheck.Outcome.ok(tool.toString()))
        .orElseGet(
            () ->
                DoctorCheck.Outcome.warn(
                    "git is not installed; no repository can be put into a VM", "apt install git"));
  }
}
