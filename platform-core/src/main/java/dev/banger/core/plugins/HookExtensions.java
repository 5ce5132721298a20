package dev.banger.core.plugins;

import static java.util.stream.Collectors.toCollection;

import dev.banger.api.CapabilityException;
import dev.banger.core.lifecycle.DiskProvisioner.EarlyFile;
import dev.banger.core.lifecycle.Extensions;
import dev.banger.core.lifecycle.HostNetwork;
import dev.banger.core.lifecycle.LaunchPlan;
import dev.banger.core.lifecycle.Progress;
import dev.banger.core.model.BangerException;
import dev.banger.core.model.ErrorKind;
import dev.banger.core.model.VmId;
import dev.banger.core.model.VmRecord;
import dev.banger.hooks.Contributions;
import dev.banger.hooks.HookEngine;
import dev.banger.hooks.Journal;
import dev.banger.hooks.JournalRow;
import dev.banger.hooks.Passage;
import dev.banger.hooks.StopReport;
import dev.banger.hooks.StoredVm;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/** The lifecycle's port for plugins, filled by the hook engine. */
public final class HookExtensions implements Extensions {
  /** What is to be known of the plugins besides their hooks. Thread-safe. */
  public interface Surroundings {
    /** Why no VM may be started now, in one sentence with a remedy; empty when all is well. */
    Optional<String> refusal();

    /** Tells plugins; returns at once. */
    void happened(StoredVm vm, String type, String reason);

    /** Drops what plugins have stored for a VM that is deleted. */
    void forget(String vmId);

    /** What plugins have to say of a VM; asks none of them. */
    default List<String> remarks(String vmId) {
      return List.of();
    }

    /** What of the plugins' uses a VM now; asks them. */
    default List<String> uses(StoredVm vm) throws InterruptedException {
      return List.of();
    }

    /** Ids of VMs for which a plugin misses something. */
    Set<String> drifted() throws InterruptedException;

    /** Lets plugins remove what belongs to no VM. */
    void sweep(Predicate<String> exists) throws InterruptedException;
  }

  private final HookEngine engine;
  private final Journal journal;
  private final Surroundings around;
  private final HostNetwork network;

  public HookExtensions(
      HookEngine engine, Journal journal, HostNetwork network, Surroundings around) {
    this.network = network;
    this.engine = engine;
    this.journal = journal;
    this.around = around;
  }

  @Override
  public Visit visit(VmRecord vm, String operation, Progress progress) {
    return new PassageVisit(
        vm.id().value(), engine.begin(VmViews.of(vm, network.plan(vm)), operation, told(progress)));
  }

  private static dev.banger.api.Progress told(Progress progress) {
    return new dev.banger.api.Progress() {
      @Override
      public void started(String stage) {
        progress.stage(stage, "started", "");
      }

      @Override
      public void note(String stage, String message) {
        progress.stage(stage, "note", message);
      }

      @Override
      public void done(String stage, String message) {
        progress.stage(stage, "done", message);
      }
    };
  }

  private final class PassageVisit implements Visit {
    private final String vmId;
    private final Passage passage;

    PassageVisit(String vmId, Passage passage) {
      this.vmId = vmId;
      this.passage = passage;
    }

    @Override
    public List<String> problems() throws InterruptedException {
      Optional<String> refusal = around.refusal();
      if (refusal.isPresent()) {
        throw new BangerException(ErrorKind.UNAVAILABLE, refusal.get(), "banger plugin list");
      }
      try {
        return passage.problems();
      } catch (CapabilityException e) {
        throw Failures.toCore(e);
      }
    }

    @Override
    public Additions additions() throws InterruptedException {
      try {
        return HookExtensions.additions(passage.contributions());
      } catch (CapabilityException e) {
        throw Failures.toCore(e);
      }
    }

    @Override
    public void start(Phase phase) throws InterruptedException {
      try {
        passage.start(apiPhase(phase));
      } catch (CapabilityException e) {
        throw Failures.toCore(e);
      }
    }

    @Override
    public Stops stop(Phase phase) throws InterruptedException {
      try {
        return stops(passage.stop(apiPhase(phase)));
      } catch (CapabilityException e) {
        throw Failures.toCore(e);
      }
    }

    @Override
    public List<String> recover() throws InterruptedException {
      try {
        return passage.recover();
      } catch (CapabilityException e) {
        throw Failures.toCore(e);
      }
    }

    @Override
    public List<String> removed() throws InterruptedException {
      try {
        List<String> complaints = passage.removed();
        forgetWhenReleased(vmId);
        return complaints;
      } catch (CapabilityException e) {
        throw Failures.toCore(e);
      }
    }

    @Override
    public void close() {
      passage.close();
    }
  }

  /** A step that is still to be stopped may need what was stored for its VM. */
  private void forgetWhenReleased(String vmId) {
    if (journal.open(vmId).stream().noneMatch(row -> row.state().holds())) {
      around.forget(vmId);
    }
  }

  private static dev.banger.api.Phase apiPhase(Phase phase) {
    return switch (phase) {
      case PREPARE -> dev.banger.api.Phase.PREPARE;
      case HOST -> dev.banger.api.Phase.HOST;
      case GUEST -> dev.banger.api.Phase.GUEST;
    };
  }

  private static Additions additions(Contributions contributions) {
    return new Additions(
        contributions.files().stream()
            .map(
                file ->
                    file.isDirectory()
                        ? EarlyFile.directory(file.path(), file.mode())
                        : new EarlyFile(file.path(), file.mode(), file.content()))
            .toList(),
        contributions.kernelArguments(),
        contributions.disks().stream()
            .map(
                disk ->
                    new LaunchPlan.Disk(
                        disk.name(), disk.image(), LaunchPlan.Disk.Format.RAW, disk.readOnly()))
            .toList());
  }

  private static Stops stops(StopReport report) {
    List<String> pending = new ArrayList<>();
    List<String> absent = new ArrayList<>();
    report.pending().forEach(each -> (each.absent() ? absent : pending).add(each.toString()));
    return new Stops(report.released(), pending, absent);
  }

  @Override
  public List<StepStatus> steps(VmRecord vm) {
    return journal.open(vm.id().value()).stream().map(HookExtensions::status).toList();
  }

  @Override
  public Map<String, List<StepStatus>> steps() {
    Map<String, List<StepStatus>> all = new LinkedHashMap<>();
    for (JournalRow row : journal.open()) {
      all.computeIfAbsent(row.vm().id(), _ -> new ArrayList<>()).add(status(row));
    }
    return all;
  }

  private static StepStatus status(JournalRow row) {
    return new StepStatus(
        row.plugin(),
        row.version(),
        row.step(),
        row.phase().wireName(),
        row.policy().wireName(),
        row.state().wireName(),
        row.note(),
        row.reason());
  }

  @Override
  public List<Endpoint> endpoints(VmRecord vm) {
    return endpoints(journal.endpoints(vm.id().value()));
  }

  @Override
  public Map<String, List<Endpoint>> endpoints() {
    Map<String, List<Endpoint>> all = new HashMap<>();
    journal.endpoints().forEach((vm, endpoints) -> all.put(vm, endpoints(endpoints)));
    return all;
  }

  private static List<Endpoint> endpoints(List<Journal.Endpoint> stored) {
    return stored.stream()
        .map(endpoint -> new Endpoint(endpoint.plugin(), endpoint.name(), endpoint.uri()))
        .toList();
  }

  @Override
  public List<String> remarks(VmRecord vm) {
    return around.remarks(vm.id().value());
  }

  @Override
  public List<String> uses(VmRecord vm) throws InterruptedException {
    return around.uses(VmViews.of(vm, network.plan(vm)));
  }

  @Override
  public List<String> releaseLeftovers(Predicate<VmId> exists) throws InterruptedException {
    Map<String, StoredVm> gone = new LinkedHashMap<>();
    for (JournalRow row : journal.open()) {
      if (!exists.test(new VmId(row.vm().id()))) {
        gone.put(row.vm().id(), row.vm());
      }
    }
    List<String> pending = new ArrayList<>();
    for (StoredVm vm : gone.values()) {
      try (Visit visit = new PassageVisit(vm.id(), engine.begin(vm, "", told(Progress.NONE)))) {
        for (Phase phase : List.of(Phase.GUEST, Phase.HOST, Phase.PREPARE)) {
          pending.addAll(visit.stop(phase).pending());
        }
        forgetWhenReleased(vm.id());
      } catch (BangerException e) {
        pending.add(e.getMessage());
      }
    }
    return pending;
  }

  @Override
  public Set<VmId> drifted() throws InterruptedException {
    return around.drifted().stream()
        .filter(VmId::isValid)
        .map(VmId::new)
        .collect(toCollection(LinkedHashSet::new));
  }

  @Override
  public void sweep(Predicate<VmId> exists) throws InterruptedException {
    around.sweep(id -> VmId.isValid(id) && exists.test(new VmId(id)));
  }

  @Override
  public void happened(VmRecord vm, Happening what, String reason) {
    around.happened(
        VmViews.of(vm, network.plan(vm)), what.name().toLowerCase(java.util.Locale.ROOT), reason);
  }
}
