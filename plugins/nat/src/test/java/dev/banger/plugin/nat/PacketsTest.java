package dev.banger.plugin.nat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.banger.api.CapabilityException;
import dev.banger.api.DoctorCheck;
import dev.banger.api.Observed;
import dev.banger.api.Started;
import dev.banger.api.VmView;
import dev.banger.api.build.Registration;
import dev.banger.testkit.FakeCapabilityHost;
import dev.banger.testkit.FakeCommandCall;
import dev.banger.testkit.FakeContext;
import dev.banger.testkit.FakeStepContext;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Real rules and real packets, with either tool, in network namespaces of the test's own. */
abstract class PacketsTest {
  static final String WEB = "172.30.0.2";
  static final String DB = "172.30.0.3";

  private final RulesStep step = new RulesStep();
  @TempDir Path temp;
  Lan lan;
  private FakeCapabilityHost tools;
  FakeContext context;

  /** What the host does not have. */
  abstract List<String> missing();

  @BeforeEach
  void aHostAndItsGuests() throws IOException {
    lan = new Lan(Files.createDirectory(temp.resolve("pages")));
    tools =
        new FakeCapabilityHost(
                Registration.of(new NatPlugin()).permissions(),
                Files.createDirectory(temp.resolve("guests")))
            .with(Lan.vm("web", true))
            .with(Lan.vm("db", true));
    for (String tool : List.of("nft", "iptables", "iptables-save", "sysctl")) {
      tools.tool(tool, lan.host()::tool);
    }
    missing().forEach(tools::without);
    context = new FakeContext("nat", Files.createDirectory(temp.resolve("data")), tools);
  }

  @AfterEach
  void allGone() {
    if (lan != null) {
      lan.close();
    }
  }

  Guest start(VmView vm) throws Exception {
    Started<Guest> started = step.start(FakeStepContext.starting(context, vm));
    assertThat(started).isInstanceOf(Started.Ok.class);
    return ((Started.Ok<Guest>) started).receipt();
  }

  void stop(VmView vm, Guest receipt) throws Exception {
    step.stop(FakeStepContext.of(context, vm), Optional.of(receipt));
  }

  Observed<Guest> observe(VmView vm, Guest receipt) throws Exception {
    return step.observe(FakeStepContext.of(context, vm), Optional.of(receipt));
  }

  /** As the engine does with what is gone or has drifted. */
  Guest again(VmView vm, Guest receipt) throws Exception {
    stop(vm, receipt);
    return start(vm);
  }

  String rules() {
    return lan.host().output("nft", "list", "ruleset");
  }

  @Test
  void a_guest_reaches_the_outside_when_it_may_and_only_then() throws Exception {
    VmView web = Lan.vm("web", true);
    Guest receipt = start(web);
    assertThat(lan.fetches("web", Lan.INTERNET)).isTrue();

    // What vm set --no-nat does to a VM that runs.
    VmView shut = Lan.vm("web", false);
    assertThat(observe(shut, receipt)).isInstanceOf(Observed.Drifted.class);
    receipt = again(shut, receipt);
    assertThat(lan.fetches("web", Lan.INTERNET)).isFalse();
    assertThat(observe(shut, receipt)).isEqualTo(Observed.present(receipt));

    again(web, receipt);
    assertThat(lan.fetches("web", Lan.INTERNET)).isTrue();
  }

  @Test
  void guests_do_not_reach_each_other() throws Exception {
    assertThat(lan.fetches("web", DB)).as("without rules").isTrue();
    start(Lan.vm("web", true));
    start(Lan.vm("db", true));

    assertThat(lan.fetches("web", DB)).isFalse();
    assertThat(lan.fetches("db", WEB)).isFalse();
    assertThat(lan.fetches("db", Lan.INTERNET)).isTrue();
  }

  @Test
  void nor_by_way_of_the_host() throws Exception {
    start(Lan.vm("web", true));
    start(Lan.vm("db", true));
    lan.guest("web").sh("ip route add " + DB + "/32 via " + Lan.GATEWAY);

    assertThat(lan.fetches("web", DB)).isFalse();
  }

  @Test
  void the_host_answers_pings_and_nothing_else() throws Exception {
    start(Lan.vm("web", true));

    assertThat(lan.pings("web", Lan.GATEWAY)).isTrue();
    assertThat(lan.fetches("web", Lan.GATEWAY)).isFalse();
    assertThat(lan.fetches("web", Lan.UPLINK)).isFalse();
  }

  @Test
  void the_host_reaches_guests_and_the_outside_does_not() throws Exception {
    start(Lan.vm("web", true));
    lan.internet().sh("ip route add 172.30.0.0/16 via " + Lan.UPLINK);

    assertThat(Lan.fetches(lan.host(), WEB)).isTrue();
    assertThat(Lan.fetches(lan.internet(), WEB)).isFalse();
  }

  @Test
  void a_guest_cannot_take_another_address() throws Exception {
    start(Lan.vm("web", true));
    start(Lan.vm("db", false));
    // Its neighbour's, which may reach the outside as it may not.
    lan.guest("db")
        .sh(
            "ip addr flush dev eth0; ip addr add 172.30.0.2/16 dev eth0; ip route add default via "
                + Lan.GATEWAY);
    assertThat(lan.fetches("db", Lan.INTERNET)).as("its neighbour's").isFalse();
    assertThat(lan.fetches("web", Lan.INTERNET)).as("the neighbour").isTrue();

    lan.guest("db")
        .sh(
            "ip addr flush dev eth0; ip addr add 172.30.9.9/16 dev eth0; ip route add default via "
                + Lan.GATEWAY);
    assertThat(lan.pings("db", Lan.GATEWAY)).as("one that nobody has").isFalse();
  }

  @Test
  void a_flush_by_somebody_else_is_noticed_and_everything_is_back_with_the_first_guest()
      throws Exception {
    VmView web = Lan.vm("web", true);
    VmView db = Lan.vm("db", true);
    Guest ofWeb = start(web);
    Guest ofDb = start(db);
    String before = withoutCounters(rules());
    lan.host().sh("nft flush ruleset");
    assertThat(observe(web, ofWeb)).isInstanceOf(Observed.Drifted.class);
    assertThat(observe(db, ofDb)).isInstanceOf(Observed.Drifted.class);
    assertThat(RulesCheck.run(context).status()).isEqualTo(DoctorCheck.Status.FAIL);

    again(web, ofWeb);

    assertThat(observe(web, ofWeb)).isEqualTo(Observed.present(ofWeb));
    assertThat(observe(db, ofDb)).isEqualTo(Observed.present(ofDb));
    assertThat(RulesCheck.run(context).summary()).contains("loaded, 2 guests");
    assertThat(withoutCounters(rules())).isEqualTo(before);
    assertThat(lan.fetches("db", Lan.INTERNET)).isTrue();
    assertThat(lan.fetches("db", WEB)).isFalse();
  }

  private static String withoutCounters(String rules) {
    return rules.replaceAll("packets \\d+ bytes \\d+", "");
  }

  @Test
  void nothing_is_left_with_the_last_guest_and_what_is_others_stays() throws Exception {
    lan.host()
        .sh("nft add table inet mine; nft add chain inet mine c; nft add rule inet mine c accept");
    String before = rules();
    VmView web = Lan.vm("web", true);
    VmView db = Lan.vm("db", false);
    Guest ofWeb = start(web);
    Guest ofDb = start(db);
    assertThat(lan.host().output("sysctl", "-n", "net.ipv4.ip_forward")).isEqualTo("1\n");

    stop(web, ofWeb);
    assertThat(observe(db, ofDb)).isEqualTo(Observed.present(ofDb));
    stop(db, ofDb);
    stop(db, ofDb);

    assertThat(left(rules())).isEqualTo(left(before));
    assertThat(lan.host().output("sysctl", "-n", "net.ipv4.ip_forward")).isEqualTo("0\n");
  }

  /** Tables of iptables stay when their chains are empty; that is its way. */
  String left(String rules) {
    return rules;
  }

  @Test
  void what_a_guest_sent_is_counted_and_counting_goes_on_when_others_start() throws Exception {
    start(Lan.vm("web", true));
    lan.fetches("web", Lan.INTERNET);
    long first = sent("web");
    assertThat(first).isPositive();

    start(Lan.vm("db", true));

    assertThat(sent("web")).isGreaterThanOrEqualTo(first);
    assertThat(sent("db")).isZero();
  }

  private long sent(String vm) throws Exception {
    List<?> rows =
        (List<?>)
            NatPlugin.list(FakeCommandCall.of(NatPlugin.LIST, Map.of(), temp, context)).value();
    return rows.stream()
        .map(Map.class::cast)
        .filter(row -> vm.equals(row.get("vm")))
        .mapToLong(row -> (Long) row.get("packets"))
        .sum();
  }

  void asDockerDoes() {
    lan.host()
        .sh(
            """
            iptables -N DOCKER-USER
            iptables -A DOCKER-USER -j RETURN
            iptables -I FORWARD -j DOCKER-USER
            iptables -P FORWARD DROP
            """);
  }

  @Test
  void without_any_tool_the_start_fails_and_says_what_to_install() {
    tools.without("nft").without("iptables");

    assertThatThrownBy(() -> start(Lan.vm("web", true)))
        .isInstanceOfSatisfying(
            CapabilityException.class, e -> assertThat(e.hint()).contains("apt install nftables"))
        .hasMessageContaining("nft is not installed");
  }
}
