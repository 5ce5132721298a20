package dev.banger.plugin.exec;

import dev.banger.api.CapabilityException;
import dev.banger.api.Stopped;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** One stop of all scripts of a phase: every one is told, whatever becomes of the others. */
final class Stopping {
  /** How soon to look again for a script that is missing. */
  private static final Duration MISSING = Duration.ofMinutes(1);

  private final Runner runner;
  private final List<String> notes = new ArrayList<>();
  private final List<String> missing = new ArrayList<>();
  private final List<CapabilityException> failures = new ArrayList<>();

  Stopping(Runner runner) {
    this.runner = runner;
  }

  void run(HookReceipt.Run run) throws InterruptedException {
    Script script = new Script(Path.of(run.file()));
    if (!script.isThere()) {
      missing.add(run.file());
      return;
    }
    try {
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
      failures.add(script.unreadable(e));
    }
  }

  /**
   * @throws CapabilityException when a script failed
   */
  Stopped outcome() {
    if (!failures.isEmpty()) {
      throw together();
    }
    return missing.isEmpty()
        ? Stopped.released(String.join("; ", notes))
        : Stopped.pending(MISSING, absent());
  }

  private CapabilityException together() {
    List<String> sentences = new ArrayList<>(failures.stream().map(Throwable::getMessage).toList());
    if (!missing.isEmpty()) {
      sentences.add(absent());
    }
    CapabilityException first = failures.getFirst();
    return new CapabilityException(first.kind(), String.join("; ", sentences), first.hint(), first);
  }

  private String absent() {
    return Words.clean(
        "what was started cannot be stopped without %s; put it back, or a script that does nothing"
            .formatted(String.join(" and ", missing)));
  }
}
