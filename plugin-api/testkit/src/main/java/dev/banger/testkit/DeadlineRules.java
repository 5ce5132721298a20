package dev.banger.testkit;

import dev.banger.api.CapabilityException;
import dev.banger.api.CapabilityPlugin;
import dev.banger.api.OpenContext;
import dev.banger.api.Registrar;
import dev.banger.api.StepSpec;
import dev.banger.api.VmView;
import dev.banger.hooks.MemoryJournal;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;

/** A host that hangs. */
final class DeadlineRules {
  private static final Duration LIMIT = Duration.ofMillis(500);

  private DeadlineRules() {}

  static List<Rule> of(Subject subject) {
    return subject.reference().waits() == 0
        ? List.of()
        : List.of(
            new Rule(
                "a start that hangs ends when it is interrupted, and is undone",
                () -> hanging(subject)));
  }

  private static void hanging(Subject subject) throws InterruptedException {
    Problems problems = new Problems();
    try (Quiet _ = new Quiet()) {
      for (int call : new TreeSet<>(List.of(0, subject.reference().waits() - 1))) {
        problems.tried("a host that hangs at its call " + (call + 1), hangingAt(subject, call));
      }
    }
    problems.check();
  }

  private static List<String> hangingAt(Subject subject, int call) throws InterruptedException {
    World world = subject.world();
    Hang hang = new Hang(call);
    List<String> problems = new ArrayList<>();
    try (Rig rig = subject.rig(world, new MemoryJournal(), Hurried::new)) {
      VmView vm = subject.vm(world, "web");
      world.host().hang(hang);
      try {
        rig.start(vm);
      } catch (CapabilityException e) {
        // As it should be, where the step is required.
      }
      Snapshot after = subject.outside(world);
      if (rig.gate().runaways() > 0) {
        problems.add("its thread still runs 1 s after it was interrupted");
      }
      hang.end();
      world.host().hang(Hang.NEVER);
      if (problems.isEmpty()) {
        rig.stop(vm);
        problems.addAll(StepRules.held(rig, vm));
        problems.addAll(StepRules.leftovers(subject, world));
      } else {
        subject.outside(world).differencesTo(after).forEach(problems::add);
      }
    } finally {
      hang.end();
    }
    return problems;
  }

  /** The plugin with less time for its steps. */
  private record Hurried(CapabilityPlugin plugin) implements CapabilityPlugin {
    @Override
    public void register(Registrar registrar) {
      plugin.register(
          (Registrar)
              Proxy.newProxyInstance(
                  Registrar.class.getClassLoader(),
                  new Class<?>[] {Registrar.class},
                  (_, method, arguments) -> {
                    if (arguments != null && arguments[0] instanceof StepSpec spec) {
                      arguments[0] = spec.startWithin(LIMIT);
                    }
                    try {
                      return method.invoke(registrar, arguments);
                    } catch (InvocationTargetException e) {
                      throw e.getCause();
                    }
                  }));
    }

    @Override
    public void open(OpenContext context) throws Exception {
      plugin.open(context);
    }

    @Override
    public void close() throws Exception {
      plugin.close();
    }
  }
}
