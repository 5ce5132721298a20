package dev.banger.testkit;

import dev.banger.api.CapabilityException;
import dev.banger.api.VmView;
import dev.banger.hooks.JournalRow;
import dev.banger.hooks.MemoryJournal;
import java.util.ArrayList;
import java.util.List;

/**
 * The daemon crashes at each moment of a start or stop, and again at each moment of the recovery
 * from that.
 */
final class CrashRules {
  private static final int MOST_PAIRS = 150;

  private CrashRules() {}

  /** Part of an operation on one VM. */
  @FunctionalInterface
  private interface Action {
    void on(Rig rig, VmView vm) throws InterruptedException;
  }

  /** What the daemon does with a VM after a restart. */
  @FunctionalInterface
  private interface Verdict {
    List<String> of(Subject subject, Rig rig, VmView vm) throws InterruptedException;
  }

  static List<Rule> of(Subject subject) {
    List<Rule> rules = new ArrayList<>();
    rules.add(
        new Rule(
            "a crash at any moment of a start leaves nothing behind once the VM is down",
            () ->
                everywhere(
                    subject,
                    subject.reference().start(),
                    (_, _) -> {},
                    Rig::start,
                    true,
                    Rig::stop,
                    CrashRules::nothingLeft)));
    rules.add(
        new Rule(
            "a crash at any moment of a start is recovered from while the VM runs",
            () ->
                everywhere(
                    subject,
                    subject.reference().start(),
                    (_, _) -> {},
                    Rig::start,
                    false,
                    Rig::recover,
                    CrashRules::allOrNothing)));
    rules.add(
        new Rule(
            "a crash at any moment of a stop leaves nothing behind",
            () ->
                everywhere(
                    subject,
                    subject.reference().stop(),
                    Rig::start,
                    Rig::stop,
                    true,
                    Rig::stop,
                    CrashRules::nothingLeft)));
    return rules;
  }

  private static void everywhere(
      Subject subject,
      List<String> moments,
      Action before,
      Action crashing,
      boolean down,
      Action recovery,
      Verdict verdict)
      throws InterruptedException {
    Problems problems = new Problems();
    int stride = stride(moments.size());
    try (Quiet _ = new Quiet()) {
      for (int first = 0; first < moments.size(); first++) {
        boolean again = true;
        for (int second = first % stride; again; second += stride) {
          World world = subject.world();
          MemoryJournal journal = new MemoryJournal();
          VmView vm = subject.vm(world, "web");
          Rig dying = subject.rig(world, journal);
          before.on(dying, vm);
          dying.faults().crashAt(first);
          crash(dying, vm, crashing);
          if (!down && !world.host().isAlive(vm)) {
            break;
          }
          restarted(world, vm, down);
          Rig recovering = subject.rig(world, journal);
          recovering.faults().crashBefore(second);
          crash(recovering, vm, recovery);
          again = recovering.faults().crashed();
          restarted(world, vm, down);
          String where = "a crash " + moments.get(first);
          if (again) {
            where += " and one " + recovering.faults().moments().getLast() + " of the recovery";
          }
          try (Rig last = subject.rig(world, journal)) {
            recovery.on(last, vm);
            problems.tried(where, verdict.of(subject, last, vm));
          }
        }
      }
    }
    problems.check();
  }

  /**
   * A recovery has about as many moments as what it recovers from. Where the pairs are too many to
   * try all, every moment of both is tried, but each of the first with only some of the second.
   */
  private static int stride(int moments) {
    return Boolean.getBoolean("banger.contract.thorough")
        ? 1
        : Math.max(1, moments * moments / MOST_PAIRS);
  }

  private static void restarted(World world, VmView vm, boolean down) {
    if (down) {
      Rig.down(world, vm);
    } else {
      world.state(vm, "running");
    }
  }

  private static void crash(Rig rig, VmView vm, Action action) throws InterruptedException {
    try {
      action.on(rig, vm);
    } catch (Faults.Crash | CapabilityException | IllegalStateException e) {
      // The end of the daemon, as seen from inside.
    } finally {
      rig.kill();
    }
  }

  private static List<String> nothingLeft(Subject subject, Rig rig, VmView vm) {
    List<String> problems = new ArrayList<>(StepRules.held(rig, vm));
    problems.addAll(StepRules.leftovers(subject, rig.world()));
    return problems;
  }

  /** A step that was not begun before the crash is not started by the recovery. */
  private static List<String> allOrNothing(Subject subject, Rig rig, VmView vm)
      throws InterruptedException {
    List<String> problems = new ArrayList<>();
    List<JournalRow> rows = rig.open(vm);
    rows.stream()
        .filter(row -> row.state() != JournalRow.State.STARTED || !row.reason().isEmpty())
        .map(row -> "%s is %s: %s".formatted(row.title(), row.state().wireName(), row.reason()))
        .forEach(problems::add);
    if (rows.size() == subject.reference().rows().size()) {
      problems.addAll(subject.snapshot(rig.world()).differencesTo(subject.reference().started()));
    }
    rig.stop(vm);
    problems.addAll(nothingLeft(subject, rig, vm));
    return problems;
  }
}
