package dev.banger.core.lifecycle;

import dev.banger.core.model.VmId;
import dev.banger.core.model.VmRecord;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;

/**
 * What plugins add to a VM's life. The core says when; what happens is theirs. Failures are {@link
 * dev.banger.core.model.BangerException}s that name the plugin.
 */
public interface Extensions {
  /** No plugins at all. */
  Extensions NONE = new NoExtensions();

  /**
   * One operation on one VM; the caller holds the VM's lock until it closes the visit.
   *
   * @param operation its id
   */
  Visit visit(VmRecord vm, String operation, Progress progress);

  /** What is held or was skipped for a VM, in the order in which it was begun. */
  List<StepStatus> steps(VmRecord vm);

  /** The same for all VMs that have any, by id. */
  Map<String, List<StepStatus>> steps();

  List<Endpoint> endpoints(VmRecord vm);

  /** What of the plugins' uses a running VM now, in a few printable words each; asks them. */
  List<String> uses(VmRecord vm) throws InterruptedException;

  /** The same for all VMs that have any, by id. */
  Map<String, List<Endpoint>> endpoints();

  /** What plugins have to say of a VM as it is now, a printable line each. */
  List<String> remarks(VmRecord vm);

  /**
   * Tries to take back what is held of VMs that are deleted.
   *
   * @param exists whether there is a VM of that id
   * @return one sentence per step that still holds something and whose plugin is there
   */
  List<String> releaseLeftovers(Predicate<VmId> exists) throws InterruptedException;

  /** VMs for which a plugin misses something that it has made; whether they run or not. */
  Set<VmId> drifted() throws InterruptedException;

  /** Lets every plugin remove what belongs to no VM. */
  void sweep(Predicate<VmId> exists) throws InterruptedException;

  /** Tells plugins of something that happened; returns at once. */
  void happened(VmRecord vm, Happening what, String reason);

  /** When steps run; see the phases of the plugin API. */
  enum Phase {
    PREPARE,
    HOST,
    GUEST
  }

  /** What plugins may be told of. */
  enum Happening {
    CREATED,
    STARTED,
    STOPPED,
    CRASHED,
    FAILED,
    DELETED
  }

  /** The hooks of one operation. */
  interface Visit extends AutoCloseable {
    /** One sentence per objection to starting the VM. */
    List<String> problems() throws InterruptedException;

    /** What to start it with. */
    Additions additions() throws InterruptedException;

    /** Starts the steps of a phase; when it throws, {@link #stop} undoes what was begun. */
    void start(Phase phase) throws InterruptedException;

    /** Stops what is held of a phase. Repeatable. */
    Stops stop(Phase phase) throws InterruptedException;

    /** Looks at the steps of a running VM again; one line for each that was not as it should be. */
    List<String> recover() throws InterruptedException;

    /** The VM is going for good. One sentence per plugin that failed. */
    List<String> removed() throws InterruptedException;

    @Override
    void close();
  }

  /**
   * @param kernelArguments without spaces
   * @param disks after the VM's own
   */
  record Additions(
      List<DiskProvisioner.EarlyFile> files,
      List<String> kernelArguments,
      List<LaunchPlan.Disk> disks) {
    public static final Additions NONE = new Additions(List.of(), List.of(), List.of());

    public Additions {
      files = List.copyOf(files);
      kernelArguments = List.copyOf(kernelArguments);
      disks = List.copyOf(disks);
    }
  }

  /**
   * @param released how many steps hold nothing any more
   * @param pending one sentence per step that still holds something and is tried again
   * @param absent one sentence per step whose plugin is not there to take it back
   */
  record Stops(int released, List<String> pending, List<String> absent) {
    public static final Stops NONE = new Stops(0, List.of(), List.of());

    public Stops {
      pending = List.copyOf(pending);
      absent = List.copyOf(absent);
    }
  }

  /**
   * @param state {@code starting}, {@code started}, {@code skipped}, {@code failed} or {@code
   *     stop-failed}
   * @param note of the step's own; may be empty
   * @param reason why it is not simply started; may be empty
   */
  record StepStatus(
      String plugin,
      String version,
      String step,
      String phase,
      String policy,
      String state,
      String note,
      String reason) {
    /** Whether the VM runs without something that it should have. */
    public boolean isDegraded() {
      return !reason.isEmpty() && (state.equals("started") || state.equals("failed"));
    }

    /** For people. */
    public String sentence() {
      return "%s %s, step %s: %s".formatted(plugin, version, step, reason);
    }
  }

  /** Where something of a VM is to be reached. */
  record Endpoint(String plugin, String name, String uri) {}
}
