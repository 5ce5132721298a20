package dev.banger.plugin.dns;

import static org.assertj.core.api.Assertions.assertThat;

import dev.banger.api.Observed;
import dev.banger.api.Started;
import dev.banger.api.Stopped;
import dev.banger.api.VmView;
import dev.banger.api.build.Registration;
import dev.banger.testkit.FakeCapabilityHost;
import dev.banger.testkit.FakeContext;
import dev.banger.testkit.FakeStepContext;
import dev.banger.testkit.FakeVm;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.xbill.DNS.Name;

/** Which VM gets which names, and what is served of them. */
class RecordStepTest {
  @TempDir Path temp;
  private FakeCapabilityHost host;
  private FakeContext context;
  private LiveTable table;
  private RecordStep step;

  @BeforeEach
  void open() {
    host = new FakeCapabilityHost(Registration.of(new DnsPlugin()).permissions(), temp);
    context = new FakeContext("dns", temp, host, DnsSettings.DEFAULTS);
    table = table();
    step = step(table);
  }

  private LiveTable table() {
    return new LiveTable(
        TestServer.ZONE,
        TestServer.HERE,
        () -> Records.all(context.store()).values(),
        () -> 0,
        1,
        context.log());
  }

  private RecordStep step(LiveTable live) {
    Listening listening =
        new Listening(
            new InetSocketAddress(TestServer.HERE, 0),
            _ -> {
              throw new java.net.BindException("Address already in use");
            },
            Duration.ofSeconds(2),
            context.log());
    Service service =
        new Service(DnsSettings.DEFAULTS, TestServer.ZONE, "banger test", live, listening);
    return new RecordStep(() -> service);
  }

  private VmView vm(int number, String name, String more) {
    FakeVm vm =
        new FakeVm(
            "%012x".formatted(number),
            name,
            "tiny",
            "running",
            "127.77.0." + number,
            Instant.EPOCH,
            more.isEmpty() ? Map.of() : Map.of("dns", more));
    host.with(vm);
    return vm;
  }

  private Started<RecordReceipt> start(VmView vm) throws Exception {
    return step.start(FakeStepContext.starting(context, vm));
  }

  private Stopped stop(VmView vm) throws Exception {
    return step.stop(FakeStepContext.of(context, vm), Optional.empty());
  }

  private Observed<RecordReceipt> observe(VmView vm) throws Exception {
    return step.observe(FakeStepContext.of(context, vm), Optional.empty());
  }

  private static String address(LiveTable live, String name) throws Exception {
    return live.now()
        .table()
        .address(Name.fromString(name + ".vm."))
        .map(java.net.InetAddress::getHostAddress)
        .orElse("none");
  }

  @Test
  void aNameAnswersFromTheStartToTheStop() throws Exception {
    VmView web = vm(2, "web", "api, db.web");
    assertThat(address(table, "web")).isEqualTo("none");
    assertThat(start(web))
        .isEqualTo(
            Started.ok(
                new RecordReceipt("127.77.0.2", List.of("web", "api", "db.web")),
                "web.vm, api.vm, db.web.vm"));
    for (String name : List.of("web", "api", "db.web")) {
      assertThat(address(table, name)).isEqualTo("127.77.0.2");
    }
    assertThat(stop(web)).isInstanceOf(Stopped.Released.class);
    assertThat(address(table, "web")).isEqualTo("none");
    assertThat(stop(web)).isInstanceOf(Stopped.NothingToDo.class);
  }

  @Test
  void afterARestartTheNamesAnswerBeforeAnybodyLooks() throws Exception {
    VmView web = vm(2, "web", "");
    start(web);
    LiveTable fresh = table();
    assertThat(address(fresh, "web")).isEqualTo("127.77.0.2");
    step = step(fresh);
    assertThat(observe(web))
        .isEqualTo(Observed.present(new RecordReceipt("127.77.0.2", List.of("web"))));
  }

  @Test
  void theFirstKeepsANameThatTwoWant() throws Exception {
    VmView first = vm(2, "first", "shop");
    VmView second = vm(3, "second", "shop");
    start(first);
    assertThat(start(second))
        .isEqualTo(
            Started.degraded(
                new RecordReceipt("127.77.0.3", List.of("second")),
                "shop leads to VM first already"));
    assertThat(address(table, "shop")).isEqualTo("127.77.0.2");
    assertThat(observe(second)).isInstanceOf(Observed.Present.class);
    stop(first);
    // Now a repair gives it the name.
    assertThat(observe(second)).isInstanceOf(Observed.Drifted.class);
    stop(second);
    start(second);
    assertThat(address(table, "shop")).isEqualTo("127.77.0.3");
  }

  @Test
  void nobodyTakesTheNameOfAnotherVm() throws Exception {
    VmView bank = vm(2, "bank", "");
    VmView thief = vm(3, "thief", "bank");
    assertThat(start(thief))
        .isEqualTo(
            Started.degraded(
                new RecordReceipt("127.77.0.3", List.of("thief")),
                "bank is the name of another VM"));
    start(bank);
    assertThat(address(table, "bank")).isEqualTo("127.77.0.2");
  }

  @Test
  void aNameThatWasThereFirstIsKeptAndTheLateVmIsTold() throws Exception {
    VmView early = vm(3, "early", "bank");
    start(early);
    VmView bank = vm(2, "bank", "");
    assertThat(start(bank)).isInstanceOf(Started.Degraded.class);
    assertThat(observe(early)).isInstanceOf(Observed.Present.class);
  }

  @Test
  void anotherAddressOrALostRecordIsNoticed() throws Exception {
    VmView web = vm(2, "web", "");
    start(web);
    VmView moved = ((FakeVm) web).on("bgr-00000002", "172.30.0.2", true);
    assertThat(observe(moved)).isInstanceOf(Observed.Drifted.class);
    context.store().delete("vm/" + web.id());
    assertThat(observe(web)).isInstanceOf(Observed.Gone.class);
  }

  @Test
  void whatAnotherVersionHasWrittenIsServedToo() throws Exception {
    long[] now = {0};
    LiveTable old =
        new LiveTable(
            TestServer.ZONE,
            TestServer.HERE,
            () -> Records.all(context.store()).values(),
            () -> now[0],
            1,
            context.log());
    assertThat(address(old, "web")).isEqualTo("none");
    start(vm(2, "web", ""));
    now[0] += LiveTable.FRESH.toNanos() + 1;
    assertThat(address(old, "web")).isEqualTo("127.77.0.2");
  }

  @Test
  void namesThatAreNoneAreRefusedBeforeAnythingIsMade() {
    for (String bad :
        List.of("Api", "a_b", "*.web", "-a", "a..b", ".a", "a.", "a b", "a,,b", "_banger", "é")) {
      VmView vm = vm(2, "web", bad);
      assertThat(HostNames.problems(vm)).as(bad).isNotEmpty();
      assertThat(HostNames.wanted(vm)).as(bad).doesNotContain(bad);
    }
    assertThat(HostNames.problems(vm(2, "web", "a".repeat(63) + ".b-c.d1, x"))).isEmpty();
    assertThat(HostNames.problems(vm(2, "web", "x,".repeat(17) + "x"))).hasSize(1);
    assertThat(HostNames.problems(vm(2, "web", "\u001b[2J"))).noneMatch(p -> p.contains("\u001b"));
  }

  @Test
  void aRecordThatNobodyCanReadOrResolveHarmsNoOther() throws Exception {
    start(vm(2, "web", ""));
    context.store().put("vm/00000000000c", new RecordReceipt("nonsense", List.of("x")));
    context.store().put("vm/00000000000d", new Entry("d", "nonsense", List.of("d", "..", "\"")));
    LiveTable fresh = table();
    assertThat(address(fresh, "web")).isEqualTo("127.77.0.2");
    assertThat(address(fresh, "d")).isEqualTo("none");
  }
}
