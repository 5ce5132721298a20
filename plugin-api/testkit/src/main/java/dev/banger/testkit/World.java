package dev.banger.testkit;

import dev.banger.api.GuestCommand;
import dev.banger.api.GuestListener;
import dev.banger.api.GuestResult;
import dev.banger.api.ImageView;
import dev.banger.api.VmView;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiFunction;
import java.util.function.Function;

/**
 * A host that a plugin can do no harm to: guests are directories, tools are scripts. Everything a
 * plugin may change in it shows in its {@link #snapshot}.
 *
 * <p>Survives the plugin and the engine, as a host survives a crash of the daemon. A tool that is
 * not scripted is not installed.
 */
public final class World {
  private static final Instant BORN = Instant.parse("2026-01-01T00:00:00Z");

  private final Path root;
  private final FakeCapabilityHost host;
  private final WorldHost plugged;
  private final MemoryStore store = new MemoryStore();
  private final Map<String, ToolScript> tools = new ConcurrentHashMap<>();
  private final Map<String, FakeVm> vms = new ConcurrentHashMap<>();

  /**
   * @param root an empty directory, all of the world's own
   */
  World(Path root) {
    this.root = root;
    this.host = FakeCapabilityHost.unguarded(Trees.make(root.resolve("guests")));
    this.plugged = new WorldHost(host, this);
    Trees.make(dataDir());
    with(FakeImage.named("tiny"));
  }

  /**
   * Installs a tool that does this instead of being run. A script that remembers implements {@link
   * ToolScript#state} too, so that what it made is looked for after a stop.
   */
  public World tool(String name, ToolScript script) {
    tools.put(name, script);
    host.tool(name, script);
    return this;
  }

  /** From now on that tool is not installed. */
  public World without(String tool) {
    tools.remove(tool);
    host.without(tool);
    return this;
  }

  /** What guests answer to commands; exit code 0 and no output when not said. */
  public World answering(Function<GuestCommand, GuestResult> answers) {
    host.answering(answers);
    return this;
  }

  /** The same for guests that do not all answer alike. */
  public World answering(BiFunction<VmView, GuestCommand, GuestResult> answers) {
    host.answering(answers);
    return this;
  }

  /** Something listens on that port of every guest. */
  public World listening(int port, GuestService service) {
    host.listening(port, service);
    return this;
  }

  /** These listen in every guest. */
  public World listeners(GuestListener... now) {
    host.listeners(now);
    return this;
  }

  /** There is that image; one called {@code tiny} is there already. */
  public World with(ImageView image) {
    host.with(image);
    return this;
  }

  /** Puts a file into a guest. */
  public World guestFile(VmView vm, String path, String content) {
    Path file = guestRoot(vm).resolve(path.substring(1));
    try {
      Trees.make(file.getParent());
      Files.writeString(file, content, StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return this;
  }

  /** Puts a VM, which is in user mode otherwise, on a bridge; from {@link PluginContract#vm}. */
  public World onBridge(VmView vm, boolean outbound) {
    FakeVm now = vms.get(vm.id());
    int number = Integer.parseInt(now.address().replaceFirst(".*[.]", ""));
    put(now.on("bgr-" + vm.id().substring(4), "172.30.0." + number, outbound));
    return this;
  }

  /** Where the files of a guest are. */
  public Path guestRoot(VmView vm) {
    return host.guestRoot(vm);
  }

  /** The plugin's data directory. */
  public Path dataDir() {
    return root.resolve("data");
  }

  /** The plugin's store. */
  public MemoryStore store() {
    return store;
  }

  /** All VMs there are. */
  public List<VmView> vms() {
    return List.copyOf(vms.values());
  }

  /** The argument lists of all tools run so far. */
  public List<List<String>> toolCalls() {
    return host.toolCalls();
  }

  /** Everything a plugin may have changed, at this moment. */
  public Snapshot snapshot() {
    SortedMap<String, String> things = new TreeMap<>();
    SortedMap<String, String> data = Trees.read(dataDir());
    data.forEach(
        (path, what) -> {
          if (!what.startsWith("directory") || belongsToVm(path)) {
            things.put("data " + path, what);
          }
        });
    store
        .contents()
        .forEach(
            (key, value) ->
                things.put(
                    key.startsWith(" ") ? Snapshot.STORE + key.strip() : Snapshot.STORE_OF_VM + key,
                    value));
    tools.forEach(
        (tool, script) -> {
          synchronized (script) {
            script
                .state()
                .forEach((key, value) -> things.put("tool %s %s".formatted(tool, key), value));
          }
        });
    vms.values()
        .forEach(
            vm ->
                Trees.read(guestRoot(vm))
                    .forEach(
                        (path, what) ->
                            things.put(Snapshot.GUEST + vm.name() + " /" + path, what)));
    return new Snapshot(things);
  }

  /** Directories that a plugin keeps for itself are no leak; one per VM would be. */
  private boolean belongsToVm(String path) {
    return vms.values().stream().anyMatch(vm -> path.contains(vm.id()) || path.contains(vm.name()));
  }

  /** Makes a VM that is stopped. */
  FakeVm vm(String name) {
    int number = vms.size() + 2;
    FakeVm vm =
        new FakeVm(
            "%012x".formatted(0xb00000000L + number),
            name,
            "tiny",
            "stopped",
            "127.77.0." + number,
            BORN,
            Map.of());
    put(vm);
    return vm;
  }

  void put(FakeVm vm) {
    vms.put(vm.id(), vm);
    host.with(vm);
  }

  /** As it is now. */
  FakeVm now(VmView vm) {
    return vms.get(vm.id());
  }

  void state(VmView vm, String state) {
    FakeVm now = vms.get(vm.id());
    if (now != null) {
      put(now.in(state));
    }
  }

  /** The VM is deleted, behind the plugin's back. */
  void forget(VmView vm) {
    Trees.delete(guestRoot(vm));
    vms.remove(vm.id());
    host.withoutVm(vm.name());
  }

  WorldHost host() {
    return plugged;
  }

  /** Puts aside what a plugin changes without asking the host. */
  void freeze() {
    Trees.copy(dataDir(), root.resolve("frozen"));
  }

  /** As it was when it was put aside. */
  void thaw() {
    Trees.copy(root.resolve("frozen"), dataDir());
    Trees.delete(root.resolve("frozen"));
  }
}
