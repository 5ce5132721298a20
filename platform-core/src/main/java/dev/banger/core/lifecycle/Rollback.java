package dev.banger.core.lifecycle;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/**
 * Undo travels with do: whoever is about to acquire something pushes its undo first. {@link #undo}
 * runs them last-in first-out, all of them, whatever fails. Not thread-safe for {@link #undo};
 * pushing is.
 */
public final class Rollback {
  /** May throw; must succeed when there is nothing to undo. */
  @FunctionalInterface
  public interface Undo {
    void run() throws Exception;
  }

  private record Step(String what, Undo undo) {}

  private final Deque<Step> steps = new ArrayDeque<>();

  public synchronized void push(String what, Undo undo) {
    steps.push(new Step(what, undo));
  }

  /** Everything is kept: there is nothing to undo any more. */
  public synchronized void commit() {
    steps.clear();
  }

  /** What happened. */
  public record Outcome(int undone, List<String> failures) {}

  public Outcome undo() {
    List<String> failures = new ArrayList<>();
    int undone = 0;
    while (true) {
      Step step;
      synchronized (this) {
        step = steps.poll();
      }
      if (step == null) {
        return new Outcome(undone, List.copyOf(failures));
      }
      try {
        step.undo().run();
        undone++;
      } catch (Exception e) {
        if (e instanceof InterruptedException) {
          Thread.currentThread().interrupt();
        }
        failures.add(step.what() + ": " + e.getMessage());
      }
    }
  }
}
