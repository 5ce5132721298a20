package dev.banger.core.plugins;

import dev.banger.api.Phase;
import dev.banger.api.StepPolicy;
import dev.banger.core.host.ProcessCommands;
import dev.banger.core.lifecycle.GuestLink;
import dev.banger.core.lifecycle.Progress;
import dev.banger.core.model.VmId;
import dev.banger.core.model.VmRecord;
import dev.banger.core.model.VmSpec;
import dev.banger.core.model.VmState;
import dev.banger.hooks.JournalRow;
import dev.banger.hooks.MemoryJournal;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** A runtime over plugins made in a temporary directory. */
final class RuntimeHarness implements AutoCloseable {
  static final VmRecord WEB = vm("0123456789ab", "web");
  private volatile boolean vmsAreGone;
  private GuestLink guest;

  /** What commands have used, and when they ended. */
  final List<String> uses = Collections.synchronizedList(new ArrayList<>());

  final Path root;
  final Path data;
  final Path store;
  final MemoryJournal journal = new MemoryJournal();
  final FakeInstalledPlugins installed = new FakeInstalledPlugins();
  final PluginFixture fixture;
  private final Path temp;
  private final Set<String> disabled = new HashSet<>();
  private final Map<String, Map<String, Object>> config = new HashMap<>();
  private PluginRuntime runtime;

  RuntimeHarness(Path temp) {
    this.temp = temp;
    this.root = temp.resolve("plugins");
    this.data = temp.resolve("data");
    this.store = temp.resolve("store");
    this.fixture = new PluginFixture(temp.resolve("work"));
  }

  static VmRecord vm(String id, String name) {
    return new VmRecord(
        new VmId(id),
        new VmSpec(name, "tiny", 1, 256, 1024, 64, true, "auto", Map.of("team", "shop")),
        new VmState.Running(),
        "127.77.0.5",
        7,
        Instant.EPOCH,
        Optional.of(Instant.EPOCH),
        "",
        false);
  }

  RuntimeHarness with(String id, String source) throws Exception {
    fixture.install(root, id, source);
    return this;
  }

  RuntimeHarness disabling(String id) {
    disabled.add(id);
    return this;
  }

  RuntimeHarness configuring(String id, Map<String, Object> values) {
    config.put(id, values);
    return this;
  }

  PluginRuntime start(Path... moreRoots) {
    List<Path> roots = new ArrayList<>(List.of(root));
    roots.addAll(List.of(moreRoots));
    runtime =
        new PluginRuntime(
            new PluginSettings(
                roots,
                temp.resolve("unpacked"),
                store,
                data,
                temp.resolve("home"),
                () -> new PluginSettings.Wishes(disabled, config)),
            new Ports(),
            new ProcessCommands(),
            dev.banger.hooks.HostCalls.UNSEEN,
            journal,
            installed);
    runtime.start();
    return runtime;
  }

  /** Notes that a version of a plugin has begun a step for {@link #WEB}. */
  long beginning(String id, String version, String digest) {
    return journal.begin(
        new JournalRow(
            0,
            VmViews.of(WEB),
            id,
            version,
            digest,
            "rules",
            Phase.HOST,
            StepPolicy.REQUIRED,
            List.of(),
            JournalRow.State.STARTED,
            1,
            Optional.empty(),
            "op-1",
            "",
            "",
            0,
            Optional.empty(),
            Instant.EPOCH,
            Duration.ZERO));
  }

  /** {@link #WEB} has an agent, at the other end of that link. */
  RuntimeHarness withGuest(GuestLink link) {
    guest = link;
    return this;
  }

  /** {@link #WEB} was deleted. */
  void withoutVms() {
    vmsAreGone = true;
  }

  PluginRuntime runtime() {
    return runtime;
  }

  /** Calls {@code test ID}, a command without arguments. */
  String call(String id) throws InterruptedException {
    return call(id, "{}", Progress.NONE);
  }

  String call(String id, String args, Progress progress) throws InterruptedException {
    return runtime.call(id, "test " + id, args, Path.of("/"), progress, _ -> {});
  }

  PluginInfo info(String id) {
    return runtime.list().stream().filter(info -> info.id().equals(id)).findFirst().orElseThrow();
  }

  @Override
  public void close() {
    if (runtime != null) {
      runtime.close();
    }
  }

  private final class Ports extends FakePorts {
    @Override
    public VmRecord resolve(String ref) {
      return ref.equals(WEB.name()) ? WEB : super.resolve(ref);
    }

    @Override
    public GuestLink guest(VmId id, Duration deadline) throws InterruptedException {
      return guest == null ? super.guest(id, deadline) : guest;
    }

    @Override
    public Runnable use(String ref, String by) {
      uses.add(ref + ": " + by);
      return () -> uses.add(ref + ": end");
    }

    @Override
    public List<VmRecord> vms() {
      return vmsAreGone ? List.of() : List.of(WEB);
    }
  }
}
