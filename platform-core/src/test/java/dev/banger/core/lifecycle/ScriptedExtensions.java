package dev.banger.core.lifecycle;

import dev.banger.core.model.BangerException;
import dev.banger.core.model.VmId;
import dev.banger.core.model.VmRecord;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.function.Predicate;
import java.util.function.Supplier;

/** One step per phase, which can be told to fail. What it holds outlives a daemon. */
final class ScriptedExtensions implements Extensions {
  final List<String> calls = new ArrayList<>();
  final List<String> events = new ArrayList<>();
  final List<VmId> removed = new ArrayList<>();
  final Set<Phase> failingStarts = EnumSet.noneOf(Phase.class);
  final Map<Phase, Integer> failingStops = new EnumMap<>(Phase.class);
  final List<String> problems = new ArrayList<>();

  /** To what VM there is one more objection. */
  volatile Predicate<VmRecord> objectsTo = _ -> false;

  final List<String> uses = new ArrayList<>();
  final List<String> recovered = new ArrayList<>();
  volatile Supplier<Set<VmId>> drifted = Set::of;
  volatile CountDownLatch hostMayStart = new CountDownLatch(0);
  private final Map<VmId, Set<Phase>> held = new ConcurrentHashMap<>();

  private synchronized void called(String call) {
    calls.add(call);
  }

  Set<Phase> heldFor(VmRecord vm) {
    return held.getOrDefault(vm.id(), Set.of());
  }

  boolean holdsNothing() {
    return held.values().stream().allMatch(Set::isEmpty);
  }

  @Override
  public Visit visit(VmRecord vm, String operation, Progress progress) {
    return new ScriptedVisit(vm.id(), objectsTo.test(vm));
  }

  private final class ScriptedVisit implements Visit {
    private final VmId id;
    private final boolean objects;

    ScriptedVisit(VmId id, boolean objects) {
      this.id = id;
      this.objects = objects;
    }

    @Override
    public List<String> problems() {
      List<String> all = new ArrayList<>(problems);
      if (objects) {
        all.add("not this one");
      }
      return all;
    }

    @Override
    public Additions additions() {
      called("additions");
      return Additions.NONE;
    }

    @Override
    public void start(Phase phase) throws InterruptedException {
      if (phase == Phase.HOST) {
        hostMayStart.await();
      }
      called("start " + phase);
      held.computeIfAbsent(id, _ -> ConcurrentHashMap.newKeySet()).add(phase);
      if (failingStarts.contains(phase)) {
        throw new BangerException(
            dev.banger.core.model.ErrorKind.HOST, "step of " + phase + " failed");
      }
    }

    @Override
    public Stops stop(Phase phase) {
      if (!held.getOrDefault(id, Set.of()).contains(phase)) {
        return Stops.NONE;
      }
      called("stop " + phase);
      if (failingStops.merge(phase, -1, Integer::sum) >= 0) {
        return new Stops(0, List.of("step of " + phase + " is stuck"), List.of());
      }
      held.get(id).remove(phase);
      return new Stops(1, List.of(), List.of());
    }

    @Override
    public List<String> recover() {
      called("recover");
      return List.copyOf(recovered);
    }

    @Override
    public List<String> removed() {
      removed.add(id);
      return List.of();
    }

    @Override
    public void close() {}
  }

  @Override
  public List<StepStatus> steps(VmRecord vm) {
    return List.of();
  }

  @Override
  public Map<String, List<StepStatus>> steps() {
    Map<String, List<StepStatus>> all = new TreeMap<>();
    held.forEach(
        (id, phases) -> {
          if (!phases.isEmpty()) {
            all.put(
                id.value(),
                List.of(new StepStatus("p", "1", "s", "host", "required", "started", "", "")));
          }
        });
    return all;
  }

  @Override
  public List<String> uses(VmRecord vm) {
    return uses;
  }

  @Override
  public List<String> remarks(VmRecord vm) {
    return List.of();
  }

  @Override
  public List<Endpoint> endpoints(VmRecord vm) {
    return List.of();
  }

  @Override
  public Map<String, List<Endpoint>> endpoints() {
    return Map.of();
  }

  @Override
  public List<String> releaseLeftovers(Predicate<VmId> exists) {
    List<String> pending = new ArrayList<>();
    for (VmId id : List.copyOf(held.keySet())) {
      if (!exists.test(id)) {
        for (Phase phase : List.of(Phase.GUEST, Phase.HOST, Phase.PREPARE)) {
          pending.addAll(new ScriptedVisit(id, false).stop(phase).pending());
        }
      }
    }
    return pending;
  }

  @Override
  public Set<VmId> drifted() {
    called("drifted");
    return drifted.get();
  }

  @Override
  public void sweep(Predicate<VmId> exists) {}

  @Override
  public synchronized void happened(VmRecord vm, Happening what, String reason) {
    events.add(what + " " + vm.name());
  }
}
