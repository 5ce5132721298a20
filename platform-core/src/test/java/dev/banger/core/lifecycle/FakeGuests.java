package dev.banger.core.lifecycle;

import dev.banger.core.model.BangerException;
import dev.banger.core.model.ErrorKind;
import dev.banger.core.model.VmId;
import dev.banger.core.model.VmPaths;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/** Guests whose agents answer at once, stay silent, or refuse to shut down. */
final class FakeGuests implements GuestLink.Connector {
  private final List<Link> links = new CopyOnWriteArrayList<>();
  private final Map<VmId, GuestLink.Bootstrap> bootstraps = new ConcurrentHashMap<>();
  private final Map<VmId, Instant> clocks = new ConcurrentHashMap<>();
  private volatile boolean silent;
  private volatile boolean silentOnce;
  private volatile boolean refusesShutdown;

  /** What guests say when they are asked to grow their work disk; empty when they did. */
  volatile String growthRemark = "";

  /** Thrown instead. */
  volatile BangerException growthFailure;

  final AtomicInteger growths = new AtomicInteger();
  private final Set<VmId> ignoring = ConcurrentHashMap.newKeySet();
  private volatile Consumer<VmId> onShutdown = _ -> {};
  private final CountDownLatch awaited = new CountDownLatch(1);
  private final CountDownLatch bootstrapped = new CountDownLatch(1);

  void silent() {
    silent = true;
  }

  /** The first knock goes unanswered, as of a kernel that hung; from the second on all is well. */
  void silentOnce() {
    silentOnce = true;
  }

  void refusesShutdown() {
    refusesShutdown = true;
  }

  /** Only this one; it does not refuse, it does not react. */
  void ignoresShutdown(VmId id) {
    ignoring.add(id);
  }

  void onShutdown(Consumer<VmId> action) {
    onShutdown = action;
  }

  GuestLink.Bootstrap bootstrapOf(VmId id) {
    return bootstraps.get(id);
  }

  /** What it was told the time is, apart from when it was told who it is. */
  Optional<Instant> clockOf(VmId id) {
    return Optional.ofNullable(clocks.get(id));
  }

  /** Until somebody waits for a silent guest. */
  void awaitKnock() throws InterruptedException {
    if (!awaited.await(30, TimeUnit.SECONDS)) {
      throw new AssertionError("nobody connected");
    }
  }

  /** Until an agent has answered and was told who its guest is. */
  void awaitBootstrapped() throws InterruptedException {
    if (!bootstrapped.await(30, TimeUnit.SECONDS)) {
      throw new AssertionError("no agent answered");
    }
  }

  long openLinks() {
    return links.stream().filter(Link::isOpen).count();
  }

  @Override
  public GuestLink connect(VmPaths paths, GuestLink.Door door, Duration deadline)
      throws InterruptedException {
    if (silent || silentOnce) {
      silentOnce = false;
      awaited.countDown();
      Thread.sleep(deadline);
      throw new BangerException(
          ErrorKind.TIMEOUT, "the agent did not answer within " + deadline.toMillis() + " ms");
    }
    Link link = new Link(paths.id());
    links.add(link);
    return link;
  }

  private final class Link implements GuestLink {
    private final VmId id;
    private final CompletableFuture<Void> closed = new CompletableFuture<>();

    Link(VmId id) {
      this.id = id;
    }

    @Override
    public Hello hello() {
      return new Hello(1, "boot-" + id, "6.1.0", "test");
    }

    @Override
    public void bootstrap(Bootstrap bootstrap, Duration deadline) {
      bootstraps.put(id, bootstrap);
      bootstrapped.countDown();
    }

    @Override
    public Health health(Duration deadline) {
      return new Health(Duration.ofSeconds(1), 0, 512, 256, true, true);
    }

    @Override
    public GuestProcess exec(ExecSpec spec, Duration deadline) {
      throw new UnsupportedOperationException();
    }

    @Override
    public void putTar(String directory, InputStream tar, Duration idleLimit) {
      throw new UnsupportedOperationException();
    }

    @Override
    public void getTar(String path, OutputStream sink, Duration idleLimit) {
      throw new UnsupportedOperationException();
    }

    @Override
    public FileStatus stat(String path, Duration deadline) {
      throw new UnsupportedOperationException();
    }

    @Override
    public String growWorkDisk(Duration deadline) {
      growths.incrementAndGet();
      BangerException failure = growthFailure;
      if (failure != null) {
        throw failure;
      }
      return growthRemark;
    }

    @Override
    public void shutdown(Duration deadline) {
      if (refusesShutdown) {
        throw new BangerException(ErrorKind.GUEST, "poweroff is not there");
      }
      if (!ignoring.contains(id)) {
        onShutdown.accept(id);
      }
    }

    @Override
    public void setClock(Instant now, Duration deadline) {
      clocks.put(id, now);
    }

    @Override
    public Connection dial(int port, Duration deadline) {
      throw new UnsupportedOperationException();
    }

    @Override
    public List<Listener> listeners(Duration deadline) {
      throw new UnsupportedOperationException();
    }

    @Override
    public void watchListeners(ListenerWatcher watcher) {
      throw new UnsupportedOperationException();
    }

    @Override
    public GuestJobLink jobs() {
      throw new UnsupportedOperationException();
    }

    @Override
    public boolean isOpen() {
      return !closed.isDone();
    }

    @Override
    public CompletableFuture<Void> onClose() {
      return closed;
    }

    @Override
    public void close() {
      closed.complete(null);
    }
  }
}
