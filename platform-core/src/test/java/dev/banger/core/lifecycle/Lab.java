package dev.banger.core.lifecycle;

import dev.banger.core.model.BangerException;
import dev.banger.core.model.ErrorKind;
import dev.banger.core.model.Image;
import dev.banger.core.model.Launched;
import dev.banger.core.model.VmHandles;
import dev.banger.core.model.VmId;
import dev.banger.core.model.VmPaths;
import dev.banger.core.model.VmRecord;
import dev.banger.core.model.VmSpec;
import dev.banger.core.vmm.FakeVmmDriver;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Predicate;

/** A whole lifecycle over fakes that can be aimed. A daemon's death is {@link #restarted}. */
final class Lab {
  static final Duration PATIENCE = Duration.ofSeconds(30);

  final Path home;
  final FakeVmmDriver driver;
  final FakeGuests guests = new FakeGuests();
  final MemoryStore store;
  final VmDirectories directories;
  final MemoryScratch scratch;
  final PlainDisks disks;
  final Operations operations = new Operations(new MemoryLog());
  final VmContext context;
  final VmService vms;
  final ScriptedExtensions hooks;
  final Upkeep upkeep = new Upkeep();
  final RecordingNetwork network;

  Lab(Path home) {
    this(
        home,
        new FakeVmmDriver(),
        new MemoryStore(),
        new MemoryScratch(),
        new PlainDisks(),
        new ScriptedExtensions(),
        new RecordingNetwork(),
        Life.endless());
  }

  private Lab(
      Path home,
      FakeVmmDriver driver,
      MemoryStore store,
      MemoryScratch scratch,
      PlainDisks disks,
      ScriptedExtensions hooks,
      RecordingNetwork network,
      Life life) {
    this.disks = disks;
    this.network = network;
    this.hooks = hooks;
    this.home = home;
    this.driver = driver;
    this.store = store;
    this.scratch = scratch;
    directories = new VmDirectories(home.resolve("data"), home.resolve("run"));
    context =
        new VmContext(
            life.through(VmStore.class, store),
            directories,
            life.through(HandlesScratch.class, scratch),
            new Drivers(List.of(life.through(VmmDriver.class, driver))),
            new OneImage(home),
            life.through(DiskProvisioner.class, disks),
            life.through(HostNetwork.class, network),
            life.through(Extensions.class, hooks),
            new LiveVms(guests),
            new VmLocks(),
            upkeep,
            new LifecycleSettings(Duration.ofSeconds(20), Duration.ofMillis(300)));
    network.isAlive =
        vm -> driver.observe(directories.paths(vm.id()), Optional.empty()).isPresent();
    vms = new VmService(context, operations);
    guests.onShutdown(id -> driver.exit(id, new VmmDriver.VmmExit(true, "the guest powered off")));
  }

  /** A new daemon over what the old one left: records, scratch files and VMM processes. */
  Lab restarted() {
    return restarted(Life.endless());
  }

  /** The same, for as long as {@code life} is. */
  Lab restarted(Life life) {
    return new Lab(
        home,
        new FakeVmmDriver("fake", driver.host()),
        store,
        scratch,
        disks,
        hooks,
        network,
        life);
  }

  CreateRequest request(String name) {
    VmSpec spec = new VmSpec(name, "tiny", 1, 128, 64, 32, true, "auto", Map.of());
    return new CreateRequest(spec, true, false, Duration.ofSeconds(20));
  }

  VmRecord running(String name) {
    return ((VmOutcome) await(vms.create(request(name)))).vm();
  }

  static Object await(Operation operation) {
    try {
      return operation.result().get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof BangerException known) {
        throw known;
      }
      throw new AssertionError(e.getCause());
    } catch (InterruptedException | TimeoutException e) {
      throw new AssertionError("operation %s did not end".formatted(operation.id()), e);
    }
  }

  /** Waits until the store says so. */
  VmRecord eventually(VmId id, String state) throws InterruptedException {
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (System.nanoTime() < end) {
      Optional<VmRecord> vm = store.find(id);
      if (vm.isPresent() && vm.get().state().wireName().equals(state)) {
        return vm.get();
      }
      Thread.sleep(5);
    }
    throw new AssertionError("never became " + state + ": " + store.find(id));
  }

  record OneImage(Path home) implements ImageCatalog {
    @Override
    public List<Image> list() {
      return List.of(get("tiny"));
    }

    @Override
    public Image get(String name) {
      if (!name.equals("tiny")) {
        throw new BangerException(ErrorKind.NOT_FOUND, "there is no image \"%s\"".formatted(name));
      }
      return new Image(
          "tiny",
          home,
          home.resolve("kernel"),
          home.resolve("initrd"),
          home.resolve("rootfs"),
          "6.1.0",
          64,
          "",
          Instant.EPOCH);
    }
  }

  static final class PlainDisks implements DiskProvisioner {
    volatile BangerException failure;

    /** What is thrown when it is asked which format was configured. */
    volatile BangerException refusal;

    volatile Optional<LaunchPlan.Disk.Format> wanted = Optional.empty();
    final Set<VmId> attached = ConcurrentHashMap.newKeySet();
    final Map<VmId, Pressure> pressures = new ConcurrentHashMap<>();

    @Override
    public void createRootDisk(
        Image image,
        VmPaths paths,
        long diskMiB,
        Set<LaunchPlan.Disk.Format> formats,
        Duration deadline) {
      if (failure != null) {
        throw failure;
      }
      touch(paths.rootDisk());
    }

    @Override
    public Optional<LaunchPlan.Disk.Format> wantedRootFormat() {
      if (refusal != null) {
        throw refusal;
      }
      return wanted;
    }

    @Override
    public void createWorkDisk(VmPaths paths, long workDiskMiB, Duration deadline) {
      touch(paths.workDisk());
      workDisks.put(paths.id(), workDiskMiB);
    }

    /** Sizes in MiB of work disks, and which of them the guest has yet to grow. */
    final Map<VmId, Long> workDisks = new ConcurrentHashMap<>();

    final Map<VmId, String> growing = new ConcurrentHashMap<>();

    @Override
    public void checkWorkDisk(VmPaths paths, long workDiskMiB) {
      if (workDiskMiB > mostMiB) {
        throw new BangerException(ErrorKind.HOST, "File too large");
      }
    }

    /** No file is larger. */
    volatile long mostMiB = Long.MAX_VALUE;

    @Override
    public void growWorkDisk(VmPaths paths, long workDiskMiB) {
      if (workDisks.getOrDefault(paths.id(), Long.MAX_VALUE) < workDiskMiB) {
        growing.putIfAbsent(paths.id(), "");
        workDisks.put(paths.id(), workDiskMiB);
      }
    }

    @Override
    public Optional<String> workDiskGrowth(VmPaths paths) {
      return Optional.ofNullable(growing.get(paths.id()));
    }

    @Override
    public void workDiskGrown(VmPaths paths) {
      growing.remove(paths.id());
    }

    @Override
    public void workDiskNotGrown(VmPaths paths, String why) {
      growing.put(paths.id(), why);
    }

    @Override
    public void writeInitrd(Image image, VmPaths paths, List<EarlyFile> earlyFiles) {
      touch(paths.initrd());
    }

    @Override
    public Optional<LaunchPlan.Disk.Format> rootFormat(VmPaths paths) {
      return Optional.empty();
    }

    @Override
    public void attach(Image image, VmPaths paths, Duration deadline) {
      attached.add(paths.id());
    }

    @Override
    public void detach(VmPaths paths, Duration deadline) {
      attached.remove(paths.id());
    }

    @Override
    public Optional<Pressure> pressure(VmPaths paths) {
      return Optional.ofNullable(pressures.get(paths.id()));
    }

    @Override
    public Set<VmId> traces(List<VmPaths> vms) {
      return Set.copyOf(attached);
    }

    @Override
    public void sweep(Predicate<VmId> exists, Duration deadline) {
      attached.removeIf(exists.negate());
    }

    @Override
    public List<LaunchPlan.Disk> disks(VmPaths paths) {
      return List.of();
    }

    @Override
    public Path agentDisk() {
      return Path.of("/agent.img");
    }

    private static void touch(Path file) {
      try {
        Files.writeString(file, "");
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  static final class MemoryScratch implements HandlesScratch {
    final Map<VmId, VmHandles> files = new ConcurrentHashMap<>();
    final Map<VmId, Launched> launches = new ConcurrentHashMap<>();

    /** Thrown by every write. */
    volatile BangerException full;

    @Override
    public Optional<VmHandles> read(VmPaths paths) {
      return Optional.ofNullable(files.get(paths.id()));
    }

    @Override
    public Optional<Launched> launched(VmPaths paths) {
      return Optional.ofNullable(launches.get(paths.id()));
    }

    @Override
    public void write(VmPaths paths, VmHandles handles, Launched launched) {
      if (full != null) {
        throw full;
      }
      launches.put(paths.id(), launched);
      files.put(paths.id(), handles);
    }

    @Override
    public void delete(VmPaths paths) {
      files.remove(paths.id());
    }
  }

  static final class MemoryStore implements VmStore {
    private final Map<VmId, VmRecord> rows = new ConcurrentHashMap<>();
    private final AtomicInteger next = new AtomicInteger(2);

    /** Thrown by every change of a row that is there. */
    volatile BangerException full;

    final AtomicInteger refused = new AtomicInteger();

    private void change() {
      BangerException failure = full;
      if (failure != null) {
        refused.incrementAndGet();
        throw failure;
      }
    }

    @Override
    public synchronized VmRecord insert(VmRecord draft) {
      if (rows.values().stream().anyMatch(row -> row.name().equals(draft.name()))) {
        throw new BangerException(
            ErrorKind.CONFLICT, "a VM named \"%s\" exists already".formatted(draft.name()));
      }
      int number = next.getAndIncrement();
      VmRecord row =
          new VmRecord(
              draft.id(),
              draft.spec(),
              draft.state(),
              "127.77.0." + number,
              number + 1,
              draft.createdAt(),
              draft.startedAt(),
              draft.lastError(),
              draft.provisional());
      rows.put(row.id(), row);
      return row;
    }

    @Override
    public void update(VmRecord record) {
      change();
      rows.computeIfPresent(record.id(), (_, _) -> record);
    }

    @Override
    public void delete(VmId id) {
      change();
      rows.remove(id);
    }

    @Override
    public Optional<VmRecord> find(VmId id) {
      return Optional.ofNullable(rows.get(id));
    }

    @Override
    public Listing list() {
      return new Listing(List.copyOf(rows.values()), List.of());
    }
  }

  static final class MemoryLog implements OperationLog {
    private final AtomicLong number = new AtomicLong();
    private final List<Operation.View> ended = new ArrayList<>();

    @Override
    public long nextNumber() {
      return number.incrementAndGet();
    }

    @Override
    public synchronized void save(Operation.View view) {
      ended.addFirst(view);
    }

    @Override
    public synchronized List<Operation.View> ended(int atMost) {
      return ended.stream().limit(atMost).toList();
    }
  }
}
