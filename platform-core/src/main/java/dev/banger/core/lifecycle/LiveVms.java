package dev.banger.core.lifecycle;

import dev.banger.core.lifecycle.VmmDriver.VmmExit;
import dev.banger.core.model.BangerException;
import dev.banger.core.model.ErrorKind;
import dev.banger.core.model.Launched;
import dev.banger.core.model.VmHandles;
import dev.banger.core.model.VmId;
import dev.banger.core.model.VmPaths;
import dev.banger.core.model.VmRecord;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;

/** What is alive now: the handles of each running VMM and the link to its guest. In memory only. */
public final class LiveVms implements AutoCloseable {
  private static final Duration BOOTSTRAP_LIMIT = Duration.ofSeconds(60);

  /** A VM whose VMM is alive. */
  public static final class Live {
    /** Why a VM is paused whose root disk is nearly full. */
    static final String FOR_ITS_DISK =
        "its root disk is nearly full; it goes on by itself when there is room again";

    private final VmRecord vm;
    private final VmPaths paths;
    private final VmHandles handles;
    private final CompletableFuture<VmmExit> exit;
    private final GuestLink.NetworkConfig network;
    private final GuestLink.Door door;
    private final Launched launched;
    private final ReentrantLock connecting = new ReentrantLock();
    private volatile GuestLink link;
    private volatile String paused = "";
    private volatile String diskRemark = "";
    private volatile String growthRemark = "";

    private Live(
        VmRecord vm,
        VmPaths paths,
        VmHandles handles,
        CompletableFuture<VmmExit> exit,
        GuestLink.NetworkConfig network,
        GuestLink.Door door,
        Launched launched) {
      this.launched = launched;
      this.network = network;
      this.door = door;
      this.vm = vm;
      this.paths = paths;
      this.handles = handles;
      this.exit = exit;
    }

    /** Why it stands still; empty when it runs. */
    public String paused() {
      return paused;
    }

    void paused(String reason) {
      paused = reason;
    }

    boolean pausedForItsDisk() {
      return paused.equals(FOR_ITS_DISK);
    }

    /** What people should know of its disks; mostly empty. */
    public String diskRemark() {
      return diskRemark;
    }

    void diskRemark(String remark) {
      diskRemark = remark;
    }

    /** Why its work disk is smaller in the guest than on the host; mostly empty. */
    public String growthRemark() {
      return growthRemark;
    }

    void growthRemark(String remark) {
      growthRemark = remark;
    }

    /** What its VMM was started with. */
    public Launched launched() {
      return launched;
    }

    public VmHandles handles() {
      return handles;
    }

    public CompletableFuture<VmmExit> exit() {
      return exit;
    }

    /** The link if it is open now. */
    public Optional<GuestLink> openLink() {
      return Optional.ofNullable(link).filter(GuestLink::isOpen);
    }
  }

  private final GuestLink.Connector connector;
  private final Map<VmId, Live> live = new ConcurrentHashMap<>();
  private final VmUses uses = new VmUses();
  private volatile boolean closed;

  public LiveVms(GuestLink.Connector connector) {
    this.connector = connector;
  }

  /**
   * @param network what the guest is told of its network
   * @param door the way to its agent
   * @param launched what its VMM was started with
   */
  public Live add(
      VmRecord vm,
      VmPaths paths,
      VmHandles handles,
      CompletableFuture<VmmExit> exit,
      GuestLink.NetworkConfig network,
      GuestLink.Door door,
      Launched launched) {
    Live entry = new Live(vm, paths, handles, exit, network, door, launched);
    uses.begin(vm.id());
    Live before = live.put(vm.id(), entry);
    if (before != null) {
      closeLink(before);
    }
    return entry;
  }

  /** Of all VMs that are alive now. */
  public List<VmId> ids() {
    return List.copyOf(live.keySet());
  }

  /** How they are used. */
  VmUses uses() {
    return uses;
  }

  public boolean isEmpty() {
    return live.isEmpty();
  }

  public Optional<Live> get(VmId id) {
    return Optional.ofNullable(live.get(id));
  }

  public void remove(VmId id) {
    uses.end(id);
    Live gone = live.remove(id);
    if (gone != null) {
      closeLink(gone);
    }
  }

  private static void closeLink(Live entry) {
    GuestLink link = entry.link;
    if (link != null) {
      link.close();
    }
  }

  /**
   * The open link to a running VM's guest, connecting when there is none.
   *
   * @throws BangerException ILLEGAL_STATE when the VM is not running, TIMEOUT when its agent is
   *     silent
   */
  public GuestLink link(VmRecord vm, Duration deadline) throws InterruptedException {
    Live entry = live.get(vm.id());
    if (entry == null) {
      throw new BangerException(
          ErrorKind.ILLEGAL_STATE,
          "vm \"%s\" is %s".formatted(vm.name(), vm.state().wireName()),
          "start it: banger vm start " + vm.name());
    }
    return connect(entry, deadline);
  }

  GuestLink connect(Live entry, Duration deadline) throws InterruptedException {
    if (!entry.paused.isEmpty()) {
      throw new BangerException(
          ErrorKind.ILLEGAL_STATE,
          "vm \"%s\" is paused: %s".formatted(entry.vm.name(), entry.paused),
          "banger vm resume " + entry.vm.name());
    }
    Optional<GuestLink> open = entry.openLink();
    if (open.isPresent()) {
      return open.get();
    }
    long end = System.nanoTime() + deadline.toNanos();
    if (!entry.connecting.tryLock(deadline.toMillis(), TimeUnit.MILLISECONDS)) {
      throw silent(entry, deadline);
    }
    try {
      open = entry.openLink();
      if (open.isPresent()) {
        return open.get();
      }
      if (entry.exit.isDone()) {
        throw new BangerException(
            ErrorKind.ILLEGAL_STATE,
            "vm \"%s\" is down: %s".formatted(entry.vm.name(), entry.exit.join().meaning()),
            "banger vm logs " + entry.vm.name());
      }
      GuestLink fresh = connector.connect(entry.paths, entry.door, left(end));
      try {
        fresh.bootstrap(
            new GuestLink.Bootstrap(entry.vm.name(), Instant.now(), entry.network, true),
            BOOTSTRAP_LIMIT);
      } catch (RuntimeException e) {
        fresh.close();
        throw e;
      }
      entry.link = fresh;
      return fresh;
    } finally {
      entry.connecting.unlock();
    }
  }

  private static Duration left(long endNanos) {
    return Duration.ofNanos(Math.max(1_000_000, endNanos - System.nanoTime()));
  }

  private static BangerException silent(Live entry, Duration deadline) {
    return new BangerException(
        ErrorKind.TIMEOUT,
        "the agent of vm \"%s\" did not answer within %d s"
            .formatted(entry.vm.name(), deadline.toSeconds()),
        "banger vm logs " + entry.vm.name());
  }

  /** Whether nobody looks after VMs here any more. */
  boolean closed() {
    return closed;
  }

  /** Closes the links; the VMs run on. */
  @Override
  public void close() {
    closed = true;
    List.copyOf(live.values()).forEach(LiveVms::closeLink);
    live.clear();
  }
}
