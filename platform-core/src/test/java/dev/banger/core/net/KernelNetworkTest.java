package dev.banger.core.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.banger.core.host.Commands;
import dev.banger.core.lifecycle.HostNetwork;
import dev.banger.core.model.BangerException;
import dev.banger.core.model.VmId;
import dev.banger.core.model.VmRecord;
import dev.banger.core.model.VmSpec;
import dev.banger.core.model.VmState;
import dev.banger.core.store.Database;
import dev.banger.core.store.SqliteVmStore;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** With real bridges and TAP devices, in a network namespace of its own. */
class KernelNetworkTest {
  private static final int POOL = 3;

  @TempDir Path temp;
  private Namespace namespace;
  private final List<KernelNetwork> open = new ArrayList<>();

  @BeforeEach
  void enter() throws IOException {
    namespace = Namespace.open();
  }

  @AfterEach
  void leave() throws InterruptedException {
    for (KernelNetwork network : open) {
      network.close();
    }
    namespace.close();
  }

  private NetworkSettings settings(String mode, String bridge, Path state) {
    return new NetworkSettings(
        mode, bridge, Subnet.parse("172.30.0.0/16").orElseThrow(), POOL, state, 0);
  }

  private KernelNetwork network(String mode) {
    return network(mode, namespace.ip());
  }

  private KernelNetwork network(String mode, IpTool ip) {
    KernelNetwork network =
        new KernelNetwork(
            settings(mode, "br-banger", temp), ip, new Resolvers(List.of(temp.resolve("none"))));
    open.add(network);
    return network;
  }

  private static VmRecord vm(int lease) {
    return new VmRecord(
        new VmId("%08x%04x".formatted(0xabc00000L + lease, lease)),
        new VmSpec("vm" + lease, "tiny", 1, 64, 0, 0, true, "auto", Map.of()),
        new VmState.Starting(),
        "127.77.%d.%d".formatted(lease >> 8, lease & 255),
        3,
        Instant.EPOCH,
        Optional.empty(),
        "",
        false);
  }

  private HostNetwork.Bridge attached(KernelNetwork network, VmRecord vm)
      throws InterruptedException {
    HostNetwork.Plan plan = network.plan(vm);
    network.attach(vm, plan);
    return (HostNetwork.Bridge) plan;
  }

  /** All devices but the loopback. */
  private Set<String> devices() {
    return namespace.ip().names().stream()
        .filter(name -> !name.equals("lo"))
        .collect(Collectors.toSet());
  }

  private List<Link> taps() throws InterruptedException {
    return namespace.ip().taps();
  }

  private Link tap(String name) throws InterruptedException {
    return IpTool.named(name, taps()).orElseThrow();
  }

  @Test
  void aVmGetsAnIsolatedPortOfItsOwnAndTheHostIsItsGateway() throws Exception {
    KernelNetwork network = network("bridge");
    VmRecord vm = vm(7);
    HostNetwork.Bridge plan = attached(network, vm);
    assertThat(plan)
        .isEqualTo(
            new HostNetwork.Bridge(
                "bgr-abc00007",
                "br-banger",
                "172.30.0.7",
                16,
                "172.30.0.0/16",
                "172.30.0.1",
                "06:00:ac:1e:00:07",
                List.of()));
    Link tap = tap("bgr-abc00007");
    assertThat(tap.alias()).isEqualTo("banger:" + vm.id());
    assertThat(tap.master()).isEqualTo("br-banger");
    assertThat(tap.up()).isTrue();
    assertThat(namespace.run("ip -d link show dev bgr-abc00007")).contains("isolated on");
    assertThat(namespace.run("ip -4 address show dev br-banger")).contains("172.30.0.1/16");
    assertThat(namespace.run("ip -6 address show dev br-banger")).isEmpty();

    network.release(vm);
    network.release(vm);
    assertThat(devices()).doesNotContain("bgr-abc00007").contains("br-banger");
    network.close();
    assertThat(devices()).isEmpty();
  }

  @Test
  void attachingTwiceMendsWhatSomebodyTookApart() throws Exception {
    KernelNetwork network = network("bridge");
    VmRecord vm = vm(7);
    HostNetwork.Bridge plan = attached(network, vm);
    namespace.run("ip link set dev %s nomaster down".formatted(plan.device()));
    network.attach(vm, plan);
    assertThat(tap(plan.device()).master()).isEqualTo("br-banger");
    assertThat(tap(plan.device()).up()).isTrue();

    namespace.run("ip link del dev br-banger");
    network.attach(vm, plan);
    assertThat(tap(plan.device()).master()).isEqualTo("br-banger");
    assertThat(namespace.run("ip -d link show dev " + plan.device())).contains("isolated on");
  }

  @Test
  void aRunningVmKeepsItsPlaceThroughARestartOfTheDaemonAndAChangeOfTheConfiguration()
      throws Exception {
    VmRecord vm = vm(7);
    KernelNetwork first = network("bridge");
    HostNetwork.Bridge plan = attached(first, vm);
    awaitPool(first);
    for (String mode : List.of("bridge", "auto", "user")) {
      KernelNetwork next = network(mode);
      next.adopt(vm);
      if (!mode.equals("user")) {
        awaitPool(next);
      }
      assertThat(next.plan(vm)).as(mode).isEqualTo(plan);
      next.sweep(vm.id()::equals);
      assertThat(devices()).contains(plan.device(), "br-banger");
    }
    KernelNetwork last = network("user");
    last.adopt(vm);
    last.release(vm);
    last.sweep(_ -> false);
    assertThat(devices()).as("nothing hangs on the bridge, and user mode needs none").isEmpty();
  }

  @Test
  void aRunningVmIsTakenUpAlsoWhenItsBridgeBecameSomebodyElses() throws Exception {
    KernelNetwork first = network("bridge");
    HostNetwork.Bridge plan = attached(first, vm(7));
    namespace.run("ip link set dev br-banger alias mine");
    KernelNetwork next = network("bridge");
    next.adopt(vm(7));
    assertThat(next.plan(vm(7))).isEqualTo(plan);
    next.release(vm(7));
    assertThat(devices()).doesNotContain(plan.device());
  }

  @Test
  void whoeverAsksFirstForTheModeMayBeInterrupted() throws Exception {
    KernelNetwork network = network("auto");
    Thread asking =
        Thread.ofVirtual()
            .start(
                () -> {
                  Thread.currentThread().interrupt();
                  network.status();
                });
    asking.join();
    assertThat(network.status().mode()).isEqualTo("bridge");
  }

  @Test
  void aVmThatWasStartedInUserModeStaysThere() throws Exception {
    KernelNetwork network = network("bridge");
    network.adopt(vm(7));
    assertThat(network.plan(vm(7))).isEqualTo(new HostNetwork.User("127.77.0.7"));
    network.release(vm(7));
    assertThat(network.plan(vm(7))).isInstanceOf(HostNetwork.Bridge.class);
  }

  @Test
  void somebodyElsesBridgeIsLeftAlone() throws Exception {
    namespace.run("ip link add name br-banger type bridge");
    assertThat(network("auto").status().mode()).isEqualTo("user");
    assertThat(network("auto").status().reason()).contains("br-banger", "not banger's");
    KernelNetwork network = network("bridge");
    assertThat(network.status().problem()).contains("br-banger");
    assertThatThrownBy(() -> attached(network, vm(7)))
        .isInstanceOf(BangerException.class)
        .hasMessage("there is a bridge br-banger already, and it is not banger's");
    network.close();
    assertThat(devices()).containsExactly("br-banger");
  }

  @Test
  void anotherBangersBridgeIsItsOwnUntilThatBangerIsGone() throws Exception {
    Path other = Files.createDirectory(temp.resolve("other"));
    KernelNetwork theirs =
        new KernelNetwork(
            settings("bridge", "br-banger", other), namespace.ip(), new Resolvers(List.of()));
    attached(theirs, vm(9));
    assertThat(network("bridge").status().problem()).contains(other.toString());
    network("bridge").sweep(_ -> false);
    assertThat(devices()).contains("br-banger", "bgr-abc00009");

    theirs.release(vm(9));
    theirs.close();
    namespace.run("ip link add name br-banger type bridge");
    namespace.run("ip link set dev br-banger alias banger:bridge:" + other);
    Files.delete(other);
    attached(network("bridge"), vm(7));
    assertThat(devices()).contains("bgr-abc00007");
  }

  @Test
  void aNetworkThatLeadsElsewhereIsNotTaken() throws Exception {
    namespace.run("ip link add name office type bridge");
    namespace.run("ip link set dev office up");
    namespace.run("ip route add 172.30.4.0/24 dev office");
    String why = "the network 172.30.0.0/16 is taken: 172.30.4.0/24 is routed to office";
    assertThat(network("auto").status().mode()).isEqualTo("user");
    assertThat(network("auto").status().reason()).contains(why);
    assertThatThrownBy(() -> attached(network("bridge"), vm(7))).hasMessage(why);
    namespace.run("ip route del 172.30.4.0/24 dev office");
    namespace.run("ip route add 128.0.0.0/1 dev office");
    assertThat(network("auto").status().mode()).isEqualTo("bridge");
  }

  @Test
  void askingForTheModeLeavesNothing() throws Exception {
    assertThat(network("auto").status().mode()).isEqualTo("bridge");
    assertThat(network("user").status().mode()).isEqualTo("user");
    assertThat(devices()).isEmpty();
  }

  @Test
  void aDeviceOfThatNameThatIsNotTheVmsIsNeitherUsedNorRemoved() throws Exception {
    KernelNetwork network = network("bridge");
    namespace.run("ip tuntap add dev bgr-abc00007 mode tap");
    assertThatThrownBy(() -> attached(network, vm(7)))
        .hasMessageContaining("bgr-abc00007")
        .hasMessageContaining("not its own");
    network.release(vm(7));
    network.sweep(_ -> false);
    assertThat(devices()).contains("bgr-abc00007");
  }

  @Test
  void aSweepRemovesOnlyWhatIsOursAndNobodys() throws Exception {
    KernelNetwork network = network("bridge");
    attached(network, vm(1));
    attached(network, vm(2));
    namespace.run("ip tuntap add dev tap0 mode tap");
    namespace.run("ip link set dev tap0 master br-banger");
    namespace.run("ip tuntap add dev bgr-00000000 mode tap");
    namespace.run("ip link set dev bgr-00000000 alias banger:000000000000");
    awaitPool(network);
    network.sweep(vm(1).id()::equals);
    assertThat(devices())
        .contains("br-banger", "bgr-abc00001", "tap0", "bgr-00000000")
        .doesNotContain("bgr-abc00002")
        .hasSize(4 + POOL);
  }

  private void awaitPool(KernelNetwork network) throws InterruptedException {
    long end = System.nanoTime() + 30_000_000_000L;
    while (network.spares() < POOL) {
      assertThat(System.nanoTime()).isLessThan(end);
      Thread.sleep(5);
    }
  }

  @Test
  void fiftyAtATimeGetFiftyDevicesAndGiveThemBack() throws Exception {
    KernelNetwork network = network("bridge");
    List<VmRecord> vms = new ArrayList<>();
    for (int i = 2; i < 52; i++) {
      vms.add(vm(i));
    }
    for (int round = 0; round < 2; round++) {
      all(
          vms,
          vm -> {
            attached(network, vm);
            return null;
          });
      List<Link> given = taps().stream().filter(tap -> tap.name().startsWith("bgr-abc")).toList();
      assertThat(given)
          .hasSize(50)
          .allMatch(tap -> tap.up() && tap.master().equals("br-banger"))
          .extracting(Link::alias)
          .doesNotHaveDuplicates();
      all(
          vms,
          vm -> {
            network.release(vm);
            return null;
          });
      awaitPool(network);
      assertThat(devices()).hasSize(1 + POOL);
    }
    network.close();
    assertThat(devices()).isEmpty();
  }

  @Test
  void fiftyThatComeAndGoTogetherHaveAnAddressEachAndLeaveNeitherLeaseNorDevice() throws Exception {
    KernelNetwork network = network("bridge");
    try (Database database = Database.open(temp.resolve("vms.db"))) {
      SqliteVmStore store = new SqliteVmStore(database);
      for (int round = 0; round < 2; round++) {
        List<VmRecord> drafts = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
          drafts.add(vm(round * 50 + i).withState(new VmState.Stopped()));
        }
        Map<String, String> devices = new ConcurrentHashMap<>();
        all(
            drafts,
            draft -> {
              VmRecord vm = store.insert(draft);
              HostNetwork.Bridge place = attached(network, vm);
              assertThat(devices.put(place.address(), place.device())).isNull();
              return null;
            });
        assertThat(devices).hasSize(50);
        assertThat(devices()).containsAll(devices.values());
        all(
            store.list().vms(),
            vm -> {
              network.release(vm);
              store.delete(vm.id());
              return null;
            });
        awaitPool(network);
        assertThat(devices()).hasSize(1 + POOL);
        assertThat(store.list().vms()).isEmpty();
      }
    }
    network.close();
    assertThat(devices()).isEmpty();
  }

  /** What to do with one VM. */
  private interface Work {
    Void with(VmRecord vm) throws Exception;
  }

  private static void all(List<VmRecord> vms, Work work) throws Exception {
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Callable<Void>> tasks = new ArrayList<>();
      vms.forEach(vm -> tasks.add(() -> work.with(vm)));
      for (Future<Void> done : threads.invokeAll(tasks)) {
        done.get();
      }
    }
  }

  /** Lets the first lines through, and then dies. */
  private static final class Mortal implements Commands {
    private final Commands commands;
    private int left;

    Mortal(Commands commands, int left) {
      this.commands = commands;
      this.left = left;
    }

    @Override
    public Result run(Call call) throws InterruptedException {
      if (call.stdin() == null) {
        return commands.run(call);
      }
      try {
        List<String> lines =
            new String(call.stdin().readAllBytes(), StandardCharsets.UTF_8).lines().toList();
        List<String> passed = lines.subList(0, Math.min(left, lines.size()));
        left -= passed.size();
        Result result =
            commands.run(
                call.withStdin(
                    new ByteArrayInputStream(
                        String.join("\n", passed).getBytes(StandardCharsets.UTF_8))));
        if (passed.size() < lines.size()) {
          throw new Killed();
        }
        return result;
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    @Override
    public Optional<Path> find(String tool) {
      return commands.find(tool);
    }
  }

  /** Nobody catches it, as nobody lives on after SIGKILL. */
  private static final class Killed extends Error {
    private static final long serialVersionUID = 1;
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 3, 4, 5, 6, 7})
  void killedBetweenAnyTwoChangesTheNextStartHasNothingToTripOver(int changes) throws Exception {
    VmRecord vm = vm(7);
    KernelNetwork dying =
        network("bridge", namespace.ip(new Mortal(namespace.commands(), changes)));
    open.remove(dying);
    assertThatThrownBy(() -> attached(dying, vm)).isInstanceOf(Killed.class);
    KernelNetwork next = network("bridge");
    next.release(vm);
    next.sweep(_ -> false);
    assertThat(devices()).allMatch(name -> name.equals("br-banger"));
    attached(next, vm);
    assertThat(tap("bgr-abc00007").master()).isEqualTo("br-banger");
    next.release(vm);
    next.close();
    assertThat(devices()).isEmpty();
  }
}
