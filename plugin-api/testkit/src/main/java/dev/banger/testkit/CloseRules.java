package dev.banger.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.banger.api.CapabilityException;
import dev.banger.api.VmView;
import java.lang.ref.WeakReference;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** When a plugin is closed, and unloaded. */
final class CloseRules {
  private static final int ROUNDS = 5;
  private static final Duration PATIENCE = Duration.ofSeconds(5);
  private static final Duration COLLECTED = Duration.ofSeconds(10);

  private CloseRules() {}

  static List<Rule> of(Subject subject) {
    List<Rule> rules = new ArrayList<>();
    rules.add(new Rule("closing it leaves no thread", () -> leavesNoThread(subject)));
    subject
        .plugin()
        .packed()
        .ifPresent(
            path ->
                rules.add(
                    new Rule(
                        "unloading it leaves no thread and no class",
                        () -> unloads(subject, path))));
    return rules;
  }

  private static void leavesNoThread(Subject subject) throws InterruptedException {
    Set<Thread> before = Threads.ofPrograms();
    World world = subject.world();
    List<String> unfinished;
    try (Quiet _ = new Quiet()) {
      Rig rig = subject.rig(world);
      try (rig) {
        use(subject, rig, world);
      }
      unfinished = rig.leaks();
    }
    assertThat(unfinished).as("background work that goes on 5 s after its interrupt").isEmpty();
    assertThat(Threads.remaining(before, PATIENCE)).as("threads that go on after close").isEmpty();
  }

  private static void use(Subject subject, Rig rig, World world) throws InterruptedException {
    if (subject.registration().steps().isEmpty()) {
      return;
    }
    VmView vm = subject.vm(world, "web");
    try {
      rig.start(vm);
    } catch (CapabilityException e) {
      // Another rule says so.
    }
    rig.stop(vm);
  }

  private static void unloads(Subject subject, Path path) throws InterruptedException {
    Set<Thread> before = Threads.ofPrograms();
    List<WeakReference<ClassLoader>> loaders = new ArrayList<>();
    for (int round = 0; round < ROUNDS; round++) {
      loaders.add(loadedAndUnloaded(subject, path));
    }
    assertThat(Threads.remaining(before, PATIENCE)).as("threads that go on").isEmpty();
    long end = System.nanoTime() + COLLECTED.toNanos();
    while (loaders.stream().anyMatch(loader -> !loader.refersTo(null)) && System.nanoTime() < end) {
      System.gc();
      Thread.sleep(20);
    }
    assertThat(loaders.stream().filter(loader -> !loader.refersTo(null)).count())
        .as("class loaders, of %d, that something still holds on to".formatted(ROUNDS))
        .isZero();
  }

  private static WeakReference<ClassLoader> loadedAndUnloaded(Subject subject, Path path)
      throws InterruptedException {
    World world = subject.world();
    PackedPlugin packed = PackedPlugin.load(path);
    try (Quiet _ = new Quiet();
        packed;
        Rig rig =
            subject.rig(world, new dev.banger.hooks.MemoryJournal(), _ -> packed.instance())) {
      use(subject, rig, world);
    }
    return new WeakReference<>(packed.loader());
  }
}
