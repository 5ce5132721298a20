package dev.banger.core.net;

import dev.banger.core.config.Config;
import dev.banger.core.host.Commands;
import dev.banger.core.host.HostUser;
import dev.banger.core.host.Privileges;
import dev.banger.core.lifecycle.HostNetwork;
import dev.banger.core.model.BangerException;
import dev.banger.core.model.ErrorKind;
import dev.banger.core.model.VmId;
import dev.banger.core.model.VmRecord;
import dev.banger.core.net.BridgeSite.Obstacle;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Predicate;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * A TAP device on a bridge for each VM, where the daemon may have such things; else QEMU's user
 * mode. What there is in the kernel is the truth: each device carries whose it is.
 */
public final class KernelNetwork implements HostNetwork, AutoCloseable {
  private static final Logger LOG = Logger.getLogger(KernelNetwork.class.getName());
  private static final String BRIDGE = "bridge";
  private static final Path TUN = Path.of("/dev/net/tun");

  /** A change takes some milliseconds; this many VMs may be before us. */
  private static final Duration TURN_LIMIT = Duration.ofSeconds(60);

  private static final Duration CLOSE_LIMIT = Duration.ofSeconds(5);

  private final NetworkSettings settings;
  private final IpTool ip;
  private final BridgeSite site;
  private final TapPool pool;
  private final Resolvers resolvers;
  private final ReentrantLock changing = new ReentrantLock();
  private final Map<VmId, Plan> attached = new ConcurrentHashMap<>();
  private final Object choosing = new Object();
  private CompletableFuture<Choice> choice;
  private volatile boolean bridgeReady;
  private volatile boolean closed;
  private volatile boolean filling;

  /** How VMs are put on the network by this daemon, and why. */
  private record Choice(String mode, String reason) {}

  KernelNetwork(NetworkSettings settings, IpTool ip, Resolvers resolvers) {
    this.settings = settings;
    this.ip = ip;
    this.resolvers = resolvers;
    this.site = new BridgeSite(ip, settings);
    this.pool = new TapPool(ip, settings);
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

  // ---------------------------------------------------------------- which mode

  /** Decided once, on a thread of its own: whoever asks first may be interrupted. */
  private Choice choice() {
    CompletableFuture<Choice> made;
    synchronized (choosing) {
      if (choice == null) {
        choice =
            CompletableFuture.supplyAsync(
                this::choose, work -> Thread.ofVirtual().name("network-mode").start(work));
      }
      made = choice;
    }
    return made.join();
  }

  private Choice choose() {
    return switch (settings.mode()) {
      case "user" -> new Choice("user", "network.mode says so");
      case BRIDGE -> new Choice(BRIDGE, "network.mode says so");
      default ->
          whyNot()
              .map(why -> new Choice("user", "no bridge: " + why))
              .orElseGet(() -> new Choice(BRIDGE, "the daemon may make bridge and TAP devices"));
    };
  }

  /**
   * Why {@code auto} is not {@code bridge}. Looks first, and then tries with a device of no one.
   */
  private Optional<String> whyNot() {
    try {
      Optional<Obstacle> obstacle = obstacle();
      return obstacle.isPresent() ? obstacle.map(Obstacle::problem) : locked(pool::trial);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Optional.of("interrupted");
    } catch (RuntimeException e) {
      return Optional.of(String.valueOf(e.getMessage()));
    }
  }

  private Optional<Obstacle> obstacle() throws InterruptedException {
    if (!ip.isInstalled()) {
      return Optional.of(new Obstacle("ip is not installed", "apt-get install iproute2"));
    }
    if (!ip.isAllowed()) {
      return Optional.of(
          new Obstacle(
              "the daemon may not change network devices",
              "run it as root, let sudo run ip without a password, or use network.mode = \"user\""));
    }
    if (!Files.isReadable(TUN) || !Files.isWritable(TUN)) {
      return Optional.of(
          Files.exists(TUN)
              ? new Obstacle(TUN + " is not open to this user", "sudo chmod 0666 " + TUN)
              : new Obstacle(TUN + " is not there", "sudo modprobe tun"));
    }
    return site.obstacle();
  }

  private boolean isBridge() {
    return choice().mode().equals(BRIDGE);
  }

  @Override
  public Status status() {
    Choice made = choice();
    if (!isBridge()) {
      return new Status(made.mode(), "", "", made.reason(), "", "");
    }
    Optional<Obstacle> obstacle = Optional.empty();
    try {
      obstacle = obstacle();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (BangerException e) {
      obstacle = Optional.of(new Obstacle(e.getMessage(), e.hint()));
    }
    return new Status(
        BRIDGE,
        settings.bridge(),
        settings.subnet().toString(),
        made.reason(),
        obstacle.map(Obstacle::problem).orElse(""),
        obstacle.map(Obstacle::remedy).orElse(""));
  }

  // ---------------------------------------------------------------- one VM

  /** At most 15 characters, as the kernel wants it. */
  static String device(VmId id) {
    return NetworkSettings.DEVICE + id.value().substring(0, 8);
  }

  private static String alias(VmId id) {
    return NetworkSettings.ALIAS + id;
  }

  @Override
  public Plan plan(VmRecord vm) {
    Plan known = attached.get(vm.id());
    if (known != null) {
      return known;
    }
    // What an aborted create left has no address; it is only to be removed.
    return vm.address().isEmpty() || !isBridge()
        ? new User(vm.address())
        : onBridge(vm, settings.bridge(), settings.subnet());
  }

  private Bridge onBridge(VmRecord vm, String bridge, Subnet subnet) {
    String address = subnet.addressOf(vm.address());
    return new Bridge(
        device(vm.id()),
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
    Optional<Obstacle> obstacle = bridgeReady ? Optional.empty() : obstacle();
    if (obstacle.isPresent()) {
      throw obstacle.get().asException();
    }
    if (!bridgeReady || !ip.exists(settings.bridge())) {
      site.ensure();
      bridgeReady = true;
    }
    String device = device(vm.id());
    String alias = alias(vm.id());
    if (ip.exists(device)) {
      Optional<Link> present = IpTool.named(device, ip.taps());
      if (present.isEmpty() || !present.get().alias().equals(alias)) {
        throw new BangerException(
            ErrorKind.CONFLICT,
            "the network device %s of vm \"%s\" is there already, and not its own"
                .formatted(device, vm.name()),
            "see whose it is: ip -d link show " + device);
      }
      pool.mend(device);
    } else {
      pool.give(device, alias);
    }
  }

  @Override
  public void adopt(VmRecord vm) throws InterruptedException {
    Optional<Link> own = own(vm);
    if (own.isEmpty()) {
      attached.put(vm.id(), new User(vm.address()));
      return;
    }
    String master = own.get().master();
    if (isBridge() && (master.isEmpty() || master.equals(settings.bridge()))) {
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

  /** The VM's own device. */
  private Optional<Link> own(VmRecord vm) throws InterruptedException {
    String device = device(vm.id());
    return ip.exists(device)
        ? IpTool.named(device, ip.taps()).filter(link -> link.alias().equals(alias(vm.id())))
        : Optional.empty();
  }

  @Override
  public void release(VmRecord vm) {
    try {
      if (own(vm).isPresent()) {
        locked(
            () -> {
              pool.remove(device(vm.id()));
              return null;
            });
      }
      attached.remove(vm.id());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new BangerException(
          ErrorKind.HOST, "interrupted while %s was removed".formatted(device(vm.id())));
    }
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
              .filter(tap -> bridges.contains(tap.master()) && isOrphan(tap, exists))
              .forEach(tap -> gone.add(tap.name()));
          for (String device : gone) {
            LOG.log(Level.INFO, "removing {0}, which belongs to no VM", device);
            pool.remove(device);
          }
          for (String bridge : bridges) {
            if (!isBridge() || !bridge.equals(settings.bridge())) {
              site.removeIfEmpty(bridge);
            }
          }
          return null;
        });
  }

  private static boolean isOrphan(Link tap, Predicate<VmId> exists) {
    String id =
        tap.alias().startsWith(NetworkSettings.ALIAS)
            ? tap.alias().substring(NetworkSettings.ALIAS.length())
            : "";
    return VmId.isValid(id)
        && tap.name().equals(device(new VmId(id)))
        && !exists.test(new VmId(id));
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
