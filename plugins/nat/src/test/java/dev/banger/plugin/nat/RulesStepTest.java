package dev.banger.plugin.nat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.banger.api.CapabilityException;
import dev.banger.api.DoctorCheck;
import dev.banger.api.FailureKind;
import dev.banger.api.Observed;
import dev.banger.api.Started;
import dev.banger.api.Stopped;
import dev.banger.api.ToolResult;
import dev.banger.api.VmView;
import dev.banger.api.build.Registration;
import dev.banger.testkit.FakeCapabilityHost;
import dev.banger.testkit.FakeContext;
import dev.banger.testkit.FakeStepContext;
import dev.banger.testkit.FakeVm;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RulesStepTest {
  private static final VmView WEB = Lan.vm("web", true);

  private final RulesStep step = new RulesStep();
  private final FakeNft nft = new FakeNft();
  private final FakeSysctl sysctl = new FakeSysctl();
  @TempDir Path temp;
  private FakeCapabilityHost host;
  private FakeContext context;

  @BeforeEach
  void aHost() throws IOException {
    host =
        new FakeCapabilityHost(
                Registration.of(new NatPlugin()).permissions(),
                Files.createDirectory(temp.resolve("guests")))
            .with(WEB)
            .tool("nft", nft)
            .tool("sysctl", sysctl)
            .without("conntrack")
            .without("iptables")
            .without("iptables-save");
    forgetful();
  }

  /** Nothing that was stored is there any more. */
  private void forgetful() {
    context = new FakeContext("nat", temp, host);
  }

  private Guest start(VmView vm) throws Exception {
    return ((Started.Ok<Guest>) step.start(FakeStepContext.starting(context, vm))).receipt();
  }

  private Stopped stop(VmView vm, Optional<Guest> receipt) throws Exception {
    return step.stop(FakeStepContext.of(context, vm), receipt);
  }

  @Test
  void a_vm_in_user_mode_is_skipped_without_running_anything() throws Exception {
    assertThat(step.start(FakeStepContext.starting(context, FakeVm.running("web"))))
        .isEqualTo(Started.skipped("user-mode network: the VMM does it"));
    assertThat(host.toolCalls()).isEmpty();
  }

  @Test
  void a_stop_of_what_was_never_started_runs_nothing() throws Exception {
    assertThat(stop(WEB, Optional.empty())).isEqualTo(Stopped.nothingToDo());
    assertThat(host.toolCalls()).isEmpty();
  }

  @Test
  void forwarding_that_was_on_stays_on() throws Exception {
    sysctl.set("1");

    stop(WEB, Optional.of(start(WEB)));

    assertThat(sysctl.state()).containsValue("1");
    assertThat(nft.state()).isEmpty();
  }

  @Test
  void forwarding_that_somebody_turned_off_meanwhile_is_noticed_and_not_touched_in_the_end()
      throws Exception {
    Guest receipt = start(WEB);
    sysctl.set("0");

    assertThat(step.observe(FakeStepContext.of(context, WEB), Optional.of(receipt)))
        .isEqualTo(Observed.drifted(receipt, "net.ipv4.ip_forward is 0"));

    stop(WEB, Optional.of(receipt));
    assertThat(sysctl.state()).containsValue("0");
  }

  @Test
  void a_guest_that_needs_no_way_out_does_not_turn_forwarding_on() throws Exception {
    start(Lan.vm("db", false));

    assertThat(sysctl.state()).containsValue("0");
  }

  @Test
  void rules_that_nobody_remembers_are_swept_unless_they_name_a_vm_there_is() throws Exception {
    start(WEB);
    forgetful();
    Rules rules = new Rules(context);

    assertThat(rules.sweep(WEB.id()::equals)).isEmpty();
    assertThat(nft.state()).isNotEmpty();

    assertThat(rules.sweep(_ -> false)).containsExactly("rules of VM " + WEB.id());
    assertThat(nft.state()).isEmpty();
    assertThat(rules.sweep(_ -> false)).isEmpty();
  }

  @Test
  void a_sweep_leaves_a_table_of_somebody_else_that_has_the_name() throws Exception {
    nft.table("inet banger", "\tchain theirs {\n\t}");

    assertThat(new Rules(context).sweep(_ -> false)).isEmpty();
    assertThat(nft.state()).containsKey("inet banger");
  }

  @Test
  void a_guest_that_the_store_forgot_is_gone() throws Exception {
    Guest receipt = start(WEB);
    forgetful();

    assertThat(step.observe(FakeStepContext.of(context, WEB), Optional.of(receipt)))
        .isEqualTo(Observed.gone());
  }

  @Test
  void what_nft_says_when_it_fails_is_told() {
    host.tool("nft", _ -> new ToolResult(1, "", "netlink: Error: cache initialization failed"));

    assertThatThrownBy(() -> start(WEB))
        .isInstanceOf(CapabilityException.class)
        .hasMessageContaining("nft list table inet banger failed")
        .hasMessageContaining("cache initialization failed");
  }

  @Test
  void the_check_says_what_is_missing_and_how_to_get_it_back() throws Exception {
    assertThat(RulesCheck.run(context).summary()).contains("no guest needs rules now");
    start(WEB);
    assertThat(RulesCheck.run(context).summary())
        .isEqualTo("nftables table banger loaded, 1 guest");

    nft.flush();

    DoctorCheck.Outcome outcome = RulesCheck.run(context);
    assertThat(outcome.status()).isEqualTo(DoctorCheck.Status.FAIL);
    assertThat(outcome.summary()).contains("is missing");
    assertThat(outcome.remedy()).isEqualTo("load them again: banger doctor --fix");
  }

  @Test
  void connections_of_a_guest_are_forgotten_once_it_has_no_rules() throws Exception {
    List<String> tracked = new ArrayList<>();
    host.tool(
        "conntrack",
        call -> {
          assertThat(call.isPrivileged()).isTrue();
          assertThat(nft.state()).isEmpty();
          tracked.add(String.join(" ", call.argv()));
          return new ToolResult(1, "", "0 flow entries have been deleted.");
        });

    Guest receipt = start(WEB);
    assertThat(tracked).isEmpty();
    assertThat(stop(WEB, Optional.of(receipt))).isEqualTo(Stopped.released());

    assertThat(tracked)
        .containsExactly(
            "conntrack -D -s " + receipt.address(), "conntrack -D -d " + receipt.address());
  }

  @Test
  void a_conntrack_that_may_not_be_run_keeps_no_guest_from_stopping() throws Exception {
    host.tool(
        "conntrack",
        _ -> {
          throw new CapabilityException(FailureKind.UNAVAILABLE, "sudo asks for a password");
        });

    assertThat(stop(WEB, Optional.of(start(WEB)))).isEqualTo(Stopped.released());
  }

  @Test
  void the_fix_loads_the_rules_and_turns_forwarding_on_again() throws Exception {
    assertThat(RulesCheck.fix(context)).isEmpty();
    start(WEB);
    nft.flush();
    sysctl.set("0");

    assertThat(RulesCheck.fix(context)).isEqualTo("loaded the rules of 1 guest again");

    assertThat(RulesCheck.run(context).status()).isEqualTo(DoctorCheck.Status.OK);
    assertThat(sysctl.state()).containsValue("1");
  }

  @Test
  void the_fix_leaves_a_table_of_somebody_else_that_has_the_name() throws Exception {
    start(WEB);
    nft.flush();
    nft.table("inet banger", "\tchain theirs {\n\t}");

    assertThatThrownBy(() -> RulesCheck.fix(context))
        .isInstanceOf(CapabilityException.class)
        .hasMessageContaining("it is not banger's");
    assertThat(nft.state()).containsOnlyKeys("inet banger");
  }

  @Test
  void looking_costs_the_same_however_many_guests_there_are_and_nothing_without_any()
      throws Exception {
    assertThat(NatPlugin.drifted(context)).isEmpty();
    assertThat(host.toolCalls()).isEmpty();
    start(WEB);
    start(Lan.vm("db", false));
    int before = host.toolCalls().size();

    assertThat(NatPlugin.drifted(context)).isEmpty();

    assertThat(host.toolCalls().subList(before, host.toolCalls().size())).hasSize(3);
  }

  @Test
  void ufw_and_firewalld_are_told_apart() throws Exception {
    start(WEB);
    String drops = "\tchain f {\n\t\ttype filter hook forward priority filter; policy %s;\n\t}";
    nft.table("inet firewalld", drops.formatted("accept"));
    assertThat(ForwardCheck.run(context).remedy()).contains("firewall-cmd").contains("br-banger");

    nft.flush();
    nft.table("ip filter", drops.formatted("drop") + "\n\tchain ufw-user-forward {\n\t}");
    assertThat(ForwardCheck.run(context).remedy()).contains("ufw route allow in on br-banger");

    nft.table(
        "ip filter", drops.formatted("drop") + "\n\tchain x {\n\t\tiifname \"br-banger\"\n\t}");
    assertThat(ForwardCheck.run(context).status()).isEqualTo(DoctorCheck.Status.OK);
    assertThat(List.copyOf(nft.state().keySet())).contains("ip filter");
  }
}
