package dev.banger.core.net;

import dev.banger.core.config.Config;
import dev.banger.core.host.Commands;
import dev.banger.core.host.HostUser;
import dev.banger.core.host.Privileges;
import dev.banger.core.lifecycle.HostNetwork;
import dev.banger.core.model.BangerException;
import dev.banger.core.model.ErrorKind;
import dev.banger.core.model.VmId;
import dev.banger.core.model.VmPaths;
import dev.banger.core.model.VmRecord;
import dev.banger.core.net.BridgeSite.Obstacle;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Predicate;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.Collectors;

/**
 * A TAP device on a bridge for each VM, where the daemon may have such things; else QEMU's user
 * mode. What there is in the kernel is the truth: each device carries whose it is.
 */
public final class KernelNetwork implements HostNetwork, AutoCloseable {
  private static final Logger LOG = Logger.getLogger(KernelNetwork.class.getName());

  /** A change takes some milliseconds; this many VMs may be before us. */
  private static final Duration TURN_LIMIT = Duration.ofSeconds(60);

  private static final Duration CLOSE_LIMIT = Duration.ofSeconds(5);

  private final NetworkSettings settings;
  private final IpTool ip;
  private final BridgeSite site;
  private final TapPool pool;
  private final ModeChoice mode;
  private final VmDevices devices;
  private final Resolvers resolvers;
  private final ReentrantLock changing = new ReentrantLock();
  private final Map<VmId, Plan> attached = new ConcurrentHashMap<>();
  private volatile boolean bridgeReady;
  private volatile boolean closed;
  private volatile boolean filling;

  KernelNetwork(NetworkSettings settings, IpTool ip, Resolvers resolvers) {
    this.settings = settings;
    this.ip = ip;
    this.resolvers = resolvers;
    this.site = new BridgeSite(ip, settings);
    this.pool = new TapPool(ip, settings);
    this.mode = new ModeChoice(settings, ip, site, () -> locked(pool::trial));
    this.devices = new VmDevices(ip, pool);
  }

  /**
   * @param state the daemon's state directory
   */
  public static KernelNetwork of(
      Commands commands, Privileges privileges, Config.Network config, Path state) {
    Subnet subnet =
        Subnet.parse(config.cidr())
            .orElseThrow(() -> new IllegalArgumentException("not a network: " + config.cidr()));
    return new KernelNetwork(
        new NetworkSettings(
            config.mode(),
            config.bridge(),
            subnet,
            config.tapPool(),
            state,
            HostUser.current().uid()),
        new IpTool(commands, privileges),
        new Resolvers());
  }

  @Override
  public Status status() {
    return mode.status();
  }

  // ---------------------------------------------------------------- one VM

  @Override
  public Plan plan(VmRecord vm) {
    Plan known = attached.get(vm.id());
    if (known != null) {
      return known;
    }
    // What an aborted create left has no address; it is only to be removed.
    return vm.address().isEmpty() || !mode.isBridge()
        ? new User(vm.address())
        : onBridge(vm, settings.bridge(), settings.subnet());
  }

  private Bridge onBridge(VmRecord vm, String bridge, Subnet subnet) {
    String address = subnet.addressOf(vm.address());
    return new Bridge(
        VmDevices.name(vm.id()),
        bridge,
        address,
        subnet.prefix(),
        subnet.toString(),
        subnet.gateway(),
        Subnet.mac(address),
        resolvers.usable());
  }

  @Override
  public void attach(VmRecord vm, Plan plan) throws InterruptedException {
    if (plan instanceof Bridge) {
      locked(
          () -> {
            attachDevice(vm);
            return null;
          });
      fillInBackground();
    }
    attached.put(vm.id(), plan);
  }

  private void attachDevice(VmRecord vm) throws InterruptedException {
    Optional<Obstacle> obstacle = bridgeReady ? Optional.empty() : mode.obstacle();
    if (obstacle.isPresent()) {
      throw obstacle.get().asException();
    }
    if (!bridgeReady || !ip.exists(settings.bridge())) {
      site.ensure();
      bridgeReady = true;
    }
    devices.attach(vm);
  }

  @Override
  public void adopt(VmRecord vm) throws InterruptedException {
    Optional<Link> own = devices.own(vm);
    if (own.isEmpty()) {
      attached.put(vm.id(), new User(vm.address()));
      return;
    }
    String master = own.get().master();
    if (mode.isBridge() && (master.isEmpty() || master.equals(settings.bridge()))) {
      Bridge plan = onBridge(vm, settings.bridge(), settings.subnet());
      try {
        attach(vm, plan);
      } catch (BangerException e) {
        // A VM that runs is taken up in any case; its steps and its user see what it lacks.
        LOG.log(Level.WARNING, "vm={0} network: {1}", new Object[] {vm.name(), e.getMessage()});
        attached.put(vm.id(), plan);
      }
      return;
    }
    // It hangs on a bridge that was configured once, and stays there until it is stopped.
    Subnet subnet =
        master.isEmpty()
            ? settings.subnet()
            : ip.subnets(master).stream().findFirst().orElse(settings.subnet());
    attached.put(vm.id(), onBridge(vm, master, subnet));
  }

  @Override
  public void release(VmRecord vm) {
    try {
      if (devices.own(vm).isPresent()) {
        locked(
            () -> {
              pool.remove(VmDevices.name(vm.id()));
              return null;
            });
      }
      attached.remove(vm.id());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new BangerException(
          ErrorKind.HOST, "interrupted while %s was removed".formatted(VmDevices.name(vm.id())));
    }
  }

  @Override
  public Set<VmId> traces(List<VmPaths> vms) {
    Set<String> names = ip.names();
    return vms.stream()
        .map(VmPaths::id)
        .filter(id -> names.contains(VmDevices.name(id)))
        .collect(Collectors.toSet());
  }

  // ---------------------------------------------------------------- all VMs

  private void fillInBackground() {
    if (!filling && !closed && !pool.isFull()) {
      filling = true;
      Thread.ofVirtual().name("tap-pool").start(this::fill);
    }
  }

  private void fill() {
    try {
      locked(
          () -> {
            if (!closed) {
              pool.fill();
            }
            return null;
          });
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (BangerException e) {
      LOG.log(Level.WARNING, "TAP devices cannot be made ahead: {0}", e.getMessage());
    } finally {
      filling = false;
    }
  }

  /** How many devices wait for a VM. */
  int spares() {
    return pool.size();
  }

  @Override
  public void sweep(Predicate<VmId> exists) throws InterruptedException {
    Set<String> names = ip.names();
    boolean any = names.stream().anyMatch(name -> name.startsWith(NetworkSettings.DEVICE));
    if ((!any && !names.contains(settings.bridge())) || !ip.isInstalled() || !ip.isAllowed()) {
      return;
    }
    locked(
        () -> {
          List<String> bridges = site.ours();
          List<Link> taps = ip.taps();
          List<String> gone = new ArrayList<>(pool.strays(taps));
          taps.stream()
              .filter(tap -> bridges.contains(tap.master()) && VmDevices.isOrphan(tap, exists))
              .forEach(tap -> gone.add(tap.name()));
          for (String device : gone) {
            LOG.log(Level.INFO, "removing {0}, which belongs to no VM", device);
            pool.remove(device);
          }
          for (String bridge : bridges) {
            if (!mode.isBridge() || !bridge.equals(settings.bridge())) {
              site.removeIfEmpty(bridge);
            }
          }
          return null;
        });
  }

  /** Something that changes devices. */
  @FunctionalInterface
  private interface Change<T> {
    T run() throws InterruptedException;
  }

  private <T> T locked(Change<T> change) throws InterruptedException {
    if (!changing.tryLock(TURN_LIMIT.toSeconds(), TimeUnit.SECONDS)) {
      throw new BangerException(
          ErrorKind.TIMEOUT,
          "the network was being changed for %d s by others".formatted(TURN_LIMIT.toSeconds()));
    }
    try {
      return change.run();
    } finally {
      changing.unlock();
    }
  }

  /** Removes what no VM has: the pool, and the bridge when nothing hangs on it. VMs stay as is. */
  @Override
  public void close() throws InterruptedException {
    closed = true;
    if (!changing.tryLock(CLOSE_LIMIT.toSeconds(), TimeUnit.SECONDS)) {
      return;
    }
    try {
      pool.drain();
      if (bridgeReady) {
        site.removeIfEmpty(settings.bridge());
      }
    } catch (BangerException e) {
      LOG.log(Level.INFO, "left for the next start to remove: {0}", e.getMessage());
    } finally {
      changing.unlock();
    }
  }
}
