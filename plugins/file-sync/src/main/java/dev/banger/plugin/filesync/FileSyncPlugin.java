package dev.banger.plugin.filesync;

import dev.banger.api.CapabilityException;
import dev.banger.api.CapabilityPlugin;
import dev.banger.api.CommandCall;
import dev.banger.api.CommandResult;
import dev.banger.api.CommandSpec;
import dev.banger.api.FailureKind;
import dev.banger.api.Permission;
import dev.banger.api.Phase;
import dev.banger.api.Registrar;
import dev.banger.api.StepSpec;
import dev.banger.api.ValueSpec;
import dev.banger.api.ValueType;
import dev.banger.api.VmView;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

/** Brings files of the host's user into guests. */
public final class FileSyncPlugin implements CapabilityPlugin {
  /** What the largest allowed transfer by default takes where guests are emulated, and more. */
  static final Duration LONGEST = Duration.ofMinutes(5);

  /** Required: a VM without its credentials fails later, and with a worse message. */
  static final StepSpec COPY = StepSpec.required("copy", Phase.GUEST).startWithin(LONGEST);

  static final CommandSpec SYNC =
      CommandSpec.builder("vm sync", "Bring the files of [[file_sync]] into a running VM now")
          .description(
              "The same as at each start: what is in the VM already is not sent again, and what was deleted on the"
                  + " host stays in the VM.")
          .example("banger vm sync web")
          .deadline(LONGEST)
          .arg(ValueSpec.required("vm", ValueType.VM, "the VM"))
          .column("files", "FILES")
          .column("unchanged", "UNCHANGED")
          .column("bytes", "BYTES")
          .column("skipped", "SKIPPED")
          .build();

  @Override
  public void register(Registrar registrar) {
    registrar.describe("Brings files of yours into guests, at every start");
    registrar.needs(Permission.VM_READ, Permission.GUEST_EXEC, Permission.GUEST_FILES);
    registrar.config(FileSyncSettings.DEFAULTS);
    registrar.step(COPY, CopyReceipt.class, new CopyStep());
    registrar.command(SYNC, FileSyncPlugin::sync);
    registrar.doctor("file-sync", EntriesCheck::run);
  }

  static CommandResult sync(CommandCall call) throws Exception {
    VmView vm = call.host().resolve(call.text("vm"));
    if (!vm.isRunning()) {
      throw new CapabilityException(
          FailureKind.ILLEGAL_STATE,
          "VM %s is %s, and files are copied into a running one".formatted(vm.name(), vm.state()),
          "a start brings them, too: banger vm start " + vm.name());
    }
    call.progress().started(Sync.STAGE);
    Sync.Outcome outcome = Sync.run(call.context(), vm, call.progress(), LONGEST);
    call.progress().done(Sync.STAGE, outcome.words());
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("files", outcome.files());
    fields.put("unchanged", outcome.unchanged());
    fields.put("bytes", outcome.bytes());
    fields.put("skipped", outcome.skipped());
    return CommandResult.object(fields);
  }
}
