package dev.banger.plugin.exec;

import dev.banger.api.CapabilityException;
import dev.banger.api.LifecycleStep;
import dev.banger.api.Observed;
import dev.banger.api.Phase;
import dev.banger.api.Started;
import dev.banger.api.StepContext;
import dev.banger.api.Stopped;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Runs the scripts of one phase, in the order of their names; stops them in reverse. */
final class HookStep implements LifecycleStep<HookReceipt> {
  private final Phase phase;
  private final Map<String, String> environment;

  /**
   * @param environment the daemon's
   */
  HookStep(Phase phase, Map<String, String> environment) {
    this.phase = phase;
    this.environment = environment;
  }

  @Override
  public Started<HookReceipt> start(StepContext<HookReceipt> context) throws Exception {
    HookSettings settings = context.config(HookSettings.class);
    Path dir = HooksDir.of(settings, environment);
    List<Script> scripts = Scripts.of(dir, phase, settings.required()).found();
    if (scripts.isEmpty()) {
      return Started.skipped("no scripts in " + dir.resolve(phase.wireName()));
    }
    Starting start = new Starting(context, runner(context, settings));
    for (Script script : scripts) {
      start.run(script, settings.required().contains(script.reference()));
    }
    return start.outcome();
  }

  private Runner runner(StepContext<HookReceipt> context, HookSettings settings) {
    return new Runner(context, phase.wireName(), settings.timeout());
  }

  @Override
  public Stopped stop(StepContext<HookReceipt> context, Optional<HookReceipt> receipt)
      throws Exception {
    if (receipt.isEmpty() || receipt.get().runs().isEmpty()) {
      return Stopped.nothingToDo();
    }
    Stopping stopping = new Stopping(runner(context, context.config(HookSettings.class)));
    for (HookReceipt.Run run : receipt.get().runs().reversed()) {
      stopping.run(run);
    }
    return stopping.outcome();
  }

  @Override
  public Observed<HookReceipt> observe(
      StepContext<HookReceipt> context, Optional<HookReceipt> receipt) throws Exception {
    if (receipt.isEmpty()) {
      return new Observed.Unknown<>();
    }
    Runner runner = runner(context, context.config(HookSettings.class));
    Set<String> states = new LinkedHashSet<>();
    List<String> lost = new ArrayList<>();
    for (HookReceipt.Run run : receipt.get().runs()) {
      Script script = new Script(Path.of(run.file()));
      String state = state(context, runner, script, run);
      states.add(state);
      if (state.equals("gone") || state.equals("drifted")) {
        lost.add(script.reference() + " " + state);
      }
    }
    if (states.equals(Set.of("gone"))) {
      return Observed.gone();
    }
    if (!lost.isEmpty()) {
      return Observed.drifted(receipt.get(), String.join(", ", lost));
    }
    return states.contains("unknown") ? new Observed.Unknown<>() : Observed.present(receipt.get());
  }

  private static String state(
      StepContext<HookReceipt> context, Runner runner, Script script, HookReceipt.Run run)
      throws IOException, InterruptedException {
    if (!script.isThere()) {
      return "unknown";
    }
    try {
      return runner.run(script, "observe", run.receipt()).state();
    } catch (CapabilityException e) {
      context.log().log(System.Logger.Level.WARNING, e.getMessage());
      return "unknown";
    }
  }
}
