package dev.banger.testkit;

import dev.banger.api.CapabilityException;
import dev.banger.api.VmView;
import dev.banger.hooks.MemoryJournal;
import dev.banger.hooks.StopReport;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Several VMs at a time. */
final class ParallelRules {
  private static final int VMS = 8;
  private static final int ROUNDS = 12;
  private static final long ENOUGH_NANOS = 2_000_000_000L;

  private ParallelRules() {}

  static List<Rule> of(Subject subject) {
    return List.of(
        new Rule("eight VMs at a time do not disturb each other", () -> together(subject)));
  }

  private static void together(Subject subject) throws InterruptedException {
    World world = subject.world();
    List<VmView> vms = new ArrayList<>();
    for (int i = 0; i < VMS; i++) {
      vms.add(subject.vm(world, "web" + i));
    }
    List<String> problems = new CopyOnWriteArrayList<>();
    try (Quiet _ = new Quiet();
        Rig rig = subject.rig(world, new MemoryJournal());
        ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      Snapshot before = subject.outside(world);
      rig.faults().jitter();
      List<Future<?>> lives = new ArrayList<>();
      for (int i = 0; i < VMS; i++) {
        VmView vm = vms.get(i);
        Random random = new Random(i);
        lives.add(
            threads.submit(
                () -> {
                  live(rig, vm, random, problems);
                  return null;
                }));
      }
      for (Future<?> life : lives) {
        try {
          life.get();
        } catch (ExecutionException e) {
          problems.add(e.getCause().toString());
        }
      }
      rig.faults().rest();
      vms.forEach(vm -> problems.addAll(StepRules.held(rig, vm)));
      problems.addAll(subject.outside(world).differencesTo(before));
    }
    Problems.none("after %d VMs were started and stopped at once".formatted(VMS), problems);
  }

  /** Rounds, fewer where they are slow. */
  private static void live(Rig rig, VmView vm, Random random, List<String> problems)
      throws InterruptedException {
    long began = System.nanoTime();
    for (int round = 0; round < ROUNDS && System.nanoTime() - began < ENOUGH_NANOS; round++) {
      try {
        rig.start(vm);
        if (random.nextInt(4) == 0) {
          rig.start(vm);
        }
      } catch (CapabilityException e) {
        problems.add("%s, round %d: %s".formatted(vm.name(), round, e.getMessage()));
      }
      StopReport report = rig.stop(vm);
      report.pending().forEach(left -> problems.add(vm.name() + ": " + left));
    }
  }
}
