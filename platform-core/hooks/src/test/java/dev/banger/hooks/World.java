package dev.banger.hooks;

import dev.banger.api.CapabilityException;
import dev.banger.api.FailureKind;
import dev.banger.api.LifecycleStep;
import dev.banger.api.Observed;
import dev.banger.api.Phase;
import dev.banger.api.Started;
import dev.banger.api.StepContext;
import dev.banger.api.StepPolicy;
import dev.banger.api.StepSpec;
import dev.banger.api.Stopped;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * Things on a host, some of which lie on others, and five steps in three plugins that make them.
 */
final class World {
  static final List<Part> PARTS =
      List.of(
          new Part("alpha", "disk", Phase.PREPARE, StepPolicy.REQUIRED),
          new Part("beta", "tap", Phase.HOST, StepPolicy.REQUIRED),
          new Part("alpha", "rules", Phase.HOST, StepPolicy.REQUIRED, "beta/tap"),
          new Part("gamma", "dns", Phase.HOST, StepPolicy.BEST_EFFORT, "alpha"),
          new Part("beta", "sync", Phase.GUEST, StepPolicy.REQUIRED, "gamma/dns", "alpha/disk"));

  private final Set<String> things = new TreeSet<>();
  final Set<String> failing = new HashSet<>();
  final Set<String> stuck = new HashSet<>();
  final List<String> violations = new ArrayList<>();
  Fuse fuse = Fuse.endless();

  record Part(String plugin, String step, Phase phase, StepPolicy policy, List<String> after) {
    Part(String plugin, String step, Phase phase, StepPolicy policy, String... after) {
      this(plugin, step, phase, policy, List.of(after));
    }

    List<String> things() {
      return List.of(step + ".a", step + ".b");
    }
  }

  /** What was made; the order is that in which it was made. */
  record Made(List<String> things) {}

  static Set<String> all() {
    Set<String> all = new TreeSet<>();
    PARTS.forEach(part -> all.addAll(part.things()));
    return all;
  }

  synchronized Set<String> things() {
    return new TreeSet<>(things);
  }

  synchronized void lose(String thing) {
    things.remove(thing);
  }

  private synchronized void make(Part part, String thing) {
    fuse.burn();
    if (failing.contains(thing)) {
      throw new CapabilityException(FailureKind.HOST, "cannot make " + thing);
    }
    for (Part other : PARTS) {
      if (part.after().contains(other.plugin() + "/" + other.step())
          && other.policy() == StepPolicy.REQUIRED
          && !things.containsAll(other.things())) {
        violations.add(thing + " was made before " + other.step());
      }
    }
    if (!things.add(thing)) {
      violations.add(thing + " was made twice");
    }
  }

  private synchronized void drop(Part part, String thing) {
    fuse.burn();
    if (stuck.contains(thing)) {
      throw new CapabilityException(FailureKind.HOST, "cannot drop " + thing);
    }
    for (Part other : PARTS) {
      StepRef ref = new StepRef(other.plugin(), other.step());
      if (ref.comesAfter(other.after(), new StepRef(part.plugin(), part.step()))
          && other.things().stream().anyMatch(things::contains)) {
        violations.add(thing + " was dropped under " + other.step());
      }
    }
    things.remove(thing);
  }

  /** The three plugins, good for one daemon's life. */
  List<Participant> plugins() {
    return List.of(pluginOf("alpha"), pluginOf("beta"), pluginOf("gamma"));
  }

  private Participant pluginOf(String id) {
    return Fixture.plugin(
        id,
        registrar -> {
          for (Part part : PARTS) {
            if (part.plugin().equals(id)) {
              StepSpec spec =
                  part.policy() == StepPolicy.REQUIRED
                      ? StepSpec.required(part.step(), part.phase())
                      : StepSpec.bestEffort(part.step(), part.phase());
              registrar.step(
                  spec.after(part.after().toArray(String[]::new)), Made.class, new Step(part));
            }
          }
        });
  }

  private final class Step implements LifecycleStep<Made> {
    private final Part part;

    Step(Part part) {
      this.part = part;
    }

    @Override
    public Started<Made> start(StepContext<Made> context) {
      List<String> made = new ArrayList<>();
      for (String thing : part.things()) {
        made.add(thing);
        context.intend(new Made(made));
        make(part, thing);
      }
      return Started.ok(new Made(made));
    }

    @Override
    public Stopped stop(StepContext<Made> context, Optional<Made> receipt) {
      if (receipt.isEmpty()) {
        return Stopped.nothingToDo();
      }
      for (String thing : receipt.get().things().reversed()) {
        drop(part, thing);
      }
      return Stopped.released();
    }

    @Override
    public Observed<Made> observe(StepContext<Made> context, Optional<Made> receipt) {
      Set<String> now = things();
      long there = part.things().stream().filter(now::contains).count();
      if (there == 0) {
        return Observed.gone();
      }
      return there == part.things().size()
          ? Observed.present(new Made(part.things()))
          : Observed.drifted(receipt.orElseThrow(), "a part is missing");
    }
  }
}
