package dev.banger.plugin.exec;

import dev.banger.api.CapabilityException;
import dev.banger.api.Started;
import dev.banger.api.StepContext;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * One start of all scripts of a phase. A script is asked for its {@code plan} first. The plan is
 * stored before the script is told to {@code start}, so that whatever happens in between, {@code
 * stop} is told what may be there.
 */
final class Starting {
  private static final String NOTHING = "{}";

  private final StepContext<HookReceipt> context;
  private final Runner runner;
  private final List<HookReceipt.Run> runs = new ArrayList<>();
  private final List<String> notes = new ArrayList<>();
  private final List<String> shortfalls = new ArrayList<>();

  Starting(StepContext<HookReceipt> context, Runner runner) {
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
      fallShort(script, required, script.unreadable(e));
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
      shortfalls.add(script.unreadable(e).getMessage());
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
