package com.example.audit;

import dev.banger.api.CapabilityPlugin;
import dev.banger.api.CommandCall;
import dev.banger.api.CommandResult;
import dev.banger.api.CommandSpec;
import dev.banger.api.DoctorCheck;
import dev.banger.api.Permission;
import dev.banger.api.Phase;
import dev.banger.api.PluginContext;
import dev.banger.api.Registrar;
import dev.banger.api.StepSpec;
import dev.banger.api.ValueSpec;
import dev.banger.api.ValueType;
import dev.banger.api.VmView;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Keeps a log of the starts and stops of every VM. */
public final class AuditPlugin implements CapabilityPlugin {
  static final StepSpec LOG =
      StepSpec.bestEffort("log", Phase.GUEST)
          .startWithin(Duration.ofSeconds(30))
          .stopWithin(Duration.ofSeconds(10));

  static final CommandSpec SHOW_LOG =
      CommandSpec.builder("vm audit", "When a VM was started and stopped")
          .description("The newest start comes first.")
          .example("banger vm audit web")
          .arg(ValueSpec.required("vm", ValueType.VM, "the VM"))
          .column("started", "STARTED")
          .column("stopped", "STOPPED")
          .column("kernel", "KERNEL")
          .build();

  // Declares, and touches nothing: the build runs it to write the manifest.
  @Override
  public void register(Registrar registrar) {
    registrar.describe("Keeps a log of the starts and stops of every VM");
    registrar.needs(Permission.VM_READ, Permission.GUEST_EXEC);
    registrar.config(Settings.DEFAULTS);
    registrar.step(LOG, LogReceipt.class, new LogStep());
    registrar.command(SHOW_LOG, AuditPlugin::showLog);
    registrar.doctor("audit", AuditPlugin::check);
  }

  static CommandResult showLog(CommandCall call) {
    VmView vm = call.host().resolve(call.text("vm"));
    List<Map<String, String>> rows = new ArrayList<>();
    for (Run run : Runs.of(call.context(), vm).newestFirst()) {
      Map<String, String> row = new LinkedHashMap<>();
      row.put("started", run.started().toString());
      row.put("stopped", run.stopped().map(Instant::toString).orElse(""));
      row.put("kernel", run.kernel());
      rows.add(row);
    }
    return CommandResult.rows(rows);
  }

  static DoctorCheck.Outcome check(PluginContext context) {
    Path dir = context.dataDir();
    return Files.isWritable(dir)
        ? DoctorCheck.Outcome.ok("marks running VMs in " + dir)
        : DoctorCheck.Outcome.fail("cannot write to " + dir, "chmod u+rwx " + dir);
  }
}
