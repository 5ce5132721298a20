package dev.banger.plugin.exec;

import dev.banger.api.CapabilityException;
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
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** See the package, and docs/exec-hooks.md. */
public final class ExecHooksPlugin implements CapabilityPlugin {
  /** The deadlines that count are those of the scripts; these are for all of a phase's together. */
  private static final Duration START = Duration.ofMinutes(10);

  private static final Duration STOP = Duration.ofMinutes(5);

  static final CommandSpec LIST =
      CommandSpec.builder("hooks list", "List the scripts of yours that VMs are started with")
          .description(
              "Shows each script with its phase, whether VMs start without it, and what is wrong"
                  + " with it. docs/exec-hooks.md says how to write one.")
          .example("banger hooks list")
          .column("phase", "PHASE")
          .column("name", "NAME")
          .column("policy", "POLICY")
          .column("state", "STATE")
          .column("problem", "PROBLEM")
          .build();

  private final Map<String, String> environment;

  public ExecHooksPlugin() {
    this(System.getenv());
  }

  ExecHooksPlugin(Map<String, String> environment) {
    this.environment = environment;
  }

  @Override
  public void register(Registrar registrar) {
    registrar.describe("Runs scripts of yours when VMs start and stop");
    registrar.needs(Permission.hostTool(Runner.TOOL));
    registrar.config(HookSettings.DEFAULTS);
    for (Phase phase : Phase.values()) {
      // A script that may fail makes the step degraded: that is what required means for one of them
      // and not for the other.
      registrar.step(
          StepSpec.required(phase.wireName(), phase).startWithin(START).stopWithin(STOP),
          HookReceipt.class,
          new HookStep(phase, environment));
    }
    registrar.command(LIST, this::list);
    registrar.doctor("scripts", this::check);
  }

  private CommandResult list(CommandCall call) throws IOException {
    List<Map<String, Object>> rows = new ArrayList<>();
    HookSettings settings = call.context().config(HookSettings.class);
    Path dir = HooksDir.of(settings, environment);
    for (Phase phase : Phase.values()) {
      for (Script script : Scripts.of(dir, phase, settings.required()).found()) {
        String problem = problem(script);
        Map<String, Object> row = new LinkedHashMap<>();
        row.put("phase", phase.wireName());
        row.put("name", script.name());
        row.put(
            "policy",
            settings.required().contains(script.reference()) ? "required" : "best-effort");
        row.put("state", problem.isEmpty() ? "ready" : "refused");
        row.put("problem", problem);
        row.put("file", script.file().toString());
        rows.add(row);
      }
    }
    return CommandResult.rows(rows);
  }

  private DoctorCheck.Outcome check(PluginContext context) throws IOException {
    HookSettings settings = context.config(HookSettings.class);
    Path dir = HooksDir.of(settings, environment);
    if (context.host().find(Runner.TOOL).isEmpty()) {
      return DoctorCheck.Outcome.fail(
          Runner.TOOL + " is not installed, so no script can be run", "apt install coreutils");
    }
    List<String> refused = new ArrayList<>();
    List<String> ignored = new ArrayList<>(Scripts.astray(dir));
    List<String> ready = new ArrayList<>();
    for (Phase phase : Phase.values()) {
      Scripts scripts = Scripts.of(dir, phase, settings.required());
      ignored.addAll(scripts.ignored());
      for (Script script : scripts.found()) {
        String problem = problem(script);
        if (problem.isEmpty()) {
          ready.add(script.reference());
        } else {
          refused.add(problem);
        }
      }
    }
    if (!refused.isEmpty()) {
      return DoctorCheck.Outcome.fail(
          String.join("; ", refused), "banger hooks list shows all scripts");
    }
    if (!ignored.isEmpty()) {
      return DoctorCheck.Outcome.warn(
          String.join("; ", ignored), "make it a script, or move it out of " + dir);
    }
    return DoctorCheck.Outcome.ok(
        ready.isEmpty() ? "no scripts in " + dir : String.join(", ", ready) + " in " + dir);
  }

  private static String problem(Script script) throws IOException {
    try {
      script.check();
      return "";
    } catch (CapabilityException e) {
      return e.getMessage();
    }
  }
}
