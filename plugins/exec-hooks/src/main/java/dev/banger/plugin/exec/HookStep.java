package dev.banger.plugin.exec;

import dev.banger.api.CapabilityException;
import dev.banger.api.FailureKind;
import dev.banger.api.LifecycleStep;
import dev.banger.api.Observed;
import dev.banger.api.Phase;
import dev.banger.api.Started;
import dev.banger.api.StepContext;
import dev.banger.api.Stopped;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Runs the scripts of one phase, in the order of their names; stops them in reverse.
 *
 * <p>A script is asked for its {@code plan} first. The plan is stored before the script is told to
 * {@code start}, so that whatever happens in between, {@code stop} is told what may be there.
 */
final class HookStep implements LifecycleStep<HookReceipt> {
  /** How soon to look again for a script that is missing. */
  private static final Duration MISSING = Duration.ofMinutes(1);

  private static final String NOTHING = "{}";

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
    Start start = new Start(context, runner(context, settings));
    for (Script script : scripts) {
      start.run(script, settings.required().contains(script.reference()));
    }
    return start.outcome();
  }

  private Runner runner(StepContext<HookReceipt> context, HookSettings settings) {
    return new Runner(context, phase.wireName(), settings.timeout());
  }

  /** One start of all scripts. */
  private static final class Start {
    private final StepContext<HookReceipt> context;
    private final Runner runner;
    private final List<HookReceipt.Run> runs = new ArrayList<>();
    private final List<String> notes = new ArrayList<>();
    private final List<String> shortfalls = new ArrayList<>();

    Start(StepContext<HookReceipt> context, Runner runner) {
      this.context = context;
      this.runner = runner;
    }

    void run(Script script, boolean required) throws InterruptedException {
      try {
        Answer plan = runner.run(script, "plan", NOTHING);
        if (plan.skipped().isPresent()) {
          return;
        }
        HookReceipt.Run planned =
            new HookReceipt.Run(
                script.file().toString(), script.digest(), plan.receipt().orElse(NOTHING));
        runs.add(planned);
        try {
          store(script);
        } catch (CapabilityException e) {
          // Not stored, so not started: there is nothing of it to stop.
          runs.removeLast();
          throw e;
        }
        Answer answer = runner.run(script, "start", planned.receipt());
        settle(script, planned, answer);
      } catch (CapabilityException e) {
        fallShort(script, required, e);
      } catch (IOException e) {
        fallShort(script, required, unreadable(script, e));
      }
    }

    private void fallShort(Script script, boolean required, CapabilityException why)
        throws InterruptedException {
      if (required) {
        throw why;
      }
      shortfalls.add(why.getMessage());
      undo(script);
    }

    private void settle(Script script, HookReceipt.Run planned, Answer answer) {
      runs.removeLast();
      if (answer.skipped().isPresent()) {
        return;
      }
      runs.add(planned);
      answer.receipt().map(planned::with).ifPresent(given -> replace(script, planned, given));
      answer.degraded().ifPresent(why -> shortfalls.add(script.reference() + ": " + why));
      if (!answer.note().isEmpty()) {
        notes.add(script.reference() + ": " + answer.note());
      }
    }

    private void replace(Script script, HookReceipt.Run planned, HookReceipt.Run given) {
      runs.set(runs.size() - 1, given);
      try {
        store(script);
      } catch (CapabilityException e) {
        runs.set(runs.size() - 1, planned);
        throw e;
      }
    }

    private void store(Script script) {
      try {
        context.intend(new HookReceipt(runs));
      } catch (CapabilityException e) {
        throw new CapabilityException(
            e.kind(),
            "the receipt of script %s cannot be stored: %s"
                .formatted(script.reference(), e.getMessage()),
            e.hint(),
            e);
      }
    }

    /** Takes back what a script that may fail had begun; kept for later when that fails as well. */
    private void undo(Script script) throws InterruptedException {
      if (runs.isEmpty() || !runs.getLast().file().equals(script.file().toString())) {
        return;
      }
      try {
        runner.run(script, "stop", runs.getLast().receipt());
        runs.removeLast();
      } catch (CapabilityException e) {
        shortfalls.add(e.getMessage());
      } catch (IOException e) {
        shortfalls.add(unreadable(script, e).getMessage());
      }
    }

    Started<HookReceipt> outcome() {
      HookReceipt receipt = new HookReceipt(runs);
      if (!shortfalls.isEmpty()) {
        return Started.degraded(receipt, String.join("; ", shortfalls));
      }
      if (runs.isEmpty()) {
        return Started.skipped("no script had anything to do");
      }
      String words = runs.size() == 1 ? "1 script" : runs.size() + " scripts";
      notes.addFirst(words);
      return Started.ok(receipt, String.join("; ", notes));
    }
  }

  @Override
  public Stopped stop(StepContext<HookReceipt> context, Optional<HookReceipt> receipt)
      throws Exception {
    if (receipt.isEmpty() || receipt.get().runs().isEmpty()) {
      return Stopped.nothingToDo();
    }
    Runner runner = runner(context, context.config(HookSettings.class));
    List<String> notes = new ArrayList<>();
    List<String> missing = new ArrayList<>();
    List<CapabilityException> failures = new ArrayList<>();
    for (HookReceipt.Run run : receipt.get().runs().reversed()) {
      Script script = new Script(Path.of(run.file()));
      try {
        if (!script.isThere()) {
          missing.add(script.file().toString());
          continue;
        }
        script.check();
        if (!script.digest().equals(run.sha256())) {
          notes.add(script.reference() + " is not the script that was started");
        }
        Answer answer = runner.run(script, "stop", run.receipt());
        if (!answer.note().isEmpty()) {
          notes.add(script.reference() + ": " + answer.note());
        }
      } catch (CapabilityException e) {
        failures.add(e);
      } catch (IOException e) {
        failures.add(unreadable(script, e));
      }
    }
    if (!failures.isEmpty()) {
      throw together(failures, missing);
    }
    return missing.isEmpty()
        ? Stopped.released(String.join("; ", notes))
        : Stopped.pending(MISSING, absent(missing));
  }

  private static CapabilityException unreadable(Script script, IOException e) {
    return new CapabilityException(
        FailureKind.HOST,
        "script %s cannot be looked at: %s"
            .formatted(script.reference(), Words.clean(String.valueOf(e.getMessage()))),
        "it is " + script.file(),
        e);
  }

  private static CapabilityException together(
      List<CapabilityException> failures, List<String> missing) {
    List<String> sentences = new ArrayList<>(failures.stream().map(Throwable::getMessage).toList());
    if (!missing.isEmpty()) {
      sentences.add(absent(missing));
    }
    CapabilityException first = failures.getFirst();
    return new CapabilityException(first.kind(), String.join("; ", sentences), first.hint(), first);
  }

  private static String absent(List<String> files) {
    return Words.clean(
        "what was started cannot be stopped without %s; put it back, or a script that does nothing in its place"
            .formatted(String.join(" and ", files)));
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
