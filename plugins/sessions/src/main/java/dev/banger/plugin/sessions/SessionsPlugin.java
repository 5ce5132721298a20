package dev.banger.plugin.sessions;

import dev.banger.api.CapabilityPlugin;
import dev.banger.api.CommandCall;
import dev.banger.api.CommandResult;
import dev.banger.api.GuestJob;
import dev.banger.api.Permission;
import dev.banger.api.Registrar;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** See the package. */
public final class SessionsPlugin implements CapabilityPlugin {
  @Override
  public void register(Registrar registrar) {
    registrar.describe("Long-lived commands in guests, to look at and to talk to at any time");
    registrar.needs(Permission.VM_READ, Permission.GUEST_EXEC, Permission.GUEST_FILES);
    SessionUse use = new SessionUse();
    registrar.use(use);
    registrar.vmRemoved((vm, _) -> use.forget(vm));
    registrar.command(Specs.START, Start::run);
    registrar.command(Specs.LIST, SessionsPlugin::list);
    registrar.command(Specs.SHOW, SessionsPlugin::show);
    registrar.command(Specs.LOGS, Logs::run);
    registrar.command(Specs.ATTACH, Attach::run);
    registrar.command(Specs.SEND, Send::run);
    registrar.command(Specs.STOP, Ending::stop);
    registrar.command(Specs.KILL, Ending::kill);
    registrar.command(Specs.REMOVE, Ending::remove);
  }

  static CommandResult list(CommandCall call) throws Exception {
    List<Map<String, Object>> rows = new ArrayList<>();
    for (GuestJob job : call.host().jobs(Named.running(call), Named.QUICK)) {
      rows.add(Words.details(job));
    }
    return CommandResult.rows(rows);
  }

  static CommandResult show(CommandCall call) throws Exception {
    Named session = Named.of(call);
    Map<String, Object> details = Words.details(session.job());
    details.put("vm", session.vm().name());
    return CommandResult.object(details);
  }
}
