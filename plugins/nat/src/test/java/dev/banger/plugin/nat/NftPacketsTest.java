package dev.banger.plugin.nat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.banger.api.CapabilityException;
import dev.banger.api.DoctorCheck;
import dev.banger.api.Observed;
import dev.banger.api.VmView;
import java.util.List;
import org.junit.jupiter.api.Test;

class NftPacketsTest extends PacketsTest {
  @Override
  List<String> missing() {
    return List.of("iptables", "iptables-save");
  }

  @Test
  void a_guest_cannot_answer_for_another_address_nor_speak_ipv6() throws Exception {
    start(Lan.vm("web", true));
    start(Lan.vm("db", true));
    lan.guest("db").sh("ip addr add 172.30.7.7/16 dev eth0");
    assertThat(lan.host().succeeds("busybox", "ping", "-c", "1", "-W", "1", "172.30.7.7"))
        .isFalse();

    lan.host().sh("ip -6 addr add fd00::1/64 dev br-banger nodad");
    lan.guest("db").sh("ip -6 addr add fd00::2/64 dev eth0 nodad");
    assertThat(lan.guest("db").succeeds("busybox", "ping6", "-c", "1", "-W", "1", "fd00::1"))
        .isFalse();
  }

  @Test
  void a_guest_cannot_take_another_mac() throws Exception {
    start(Lan.vm("web", true));
    assertThat(lan.pings("web", Lan.GATEWAY)).isTrue();

    lan.guest("web").sh("ip link set eth0 address 06:00:ac:1e:00:03");

    assertThat(lan.pings("web", Lan.GATEWAY)).isFalse();
  }

  @Test
  void a_device_that_has_no_rules_yet_may_not_send_anything() throws Exception {
    start(Lan.vm("web", true));

    assertThat(lan.pings("db", Lan.GATEWAY)).isFalse();
  }

  @Test
  void a_rule_or_an_element_that_somebody_removed_is_noticed() throws Exception {
    VmView web = Lan.vm("web", true);
    Guest receipt = start(web);
    for (String meddling :
        List.of(
            "nft flush chain inet banger crossing",
            "nft add rule inet banger arriving accept",
            "nft delete element inet banger nat4 { 172.30.0.2 }",
            "nft delete table bridge banger",
            "sysctl -q -w net.ipv4.ip_forward=0")) {
      lan.host().sh(meddling);
      assertThat(observe(web, receipt)).as(meddling).isInstanceOf(Observed.Drifted.class);
      again(web, receipt);
      assertThat(observe(web, receipt)).as(meddling).isEqualTo(Observed.present(receipt));
    }
  }

  @Test
  void a_table_of_the_same_name_that_is_somebody_elses_is_left_alone() {
    lan.host().sh("nft add table inet banger; nft add chain inet banger theirs");
    String before = rules();

    assertThatThrownBy(() -> start(Lan.vm("web", true)))
        .isInstanceOf(CapabilityException.class)
        .hasMessageContaining("table inet banger already, and it is not banger's");

    assertThat(rules()).isEqualTo(before);
  }

  @Test
  void somebody_who_drops_what_is_forwarded_is_found_by_packets_and_named() throws Exception {
    start(Lan.vm("web", true));
    assertThat(ForwardCheck.run(context).status()).isEqualTo(DoctorCheck.Status.OK);
    assertThat(lan.fetches("web", Lan.INTERNET)).isTrue();
    assertThat(ForwardCheck.run(context).summary()).isEqualTo("what guests send leaves this host");

    asDockerDoes();
    assertThat(lan.fetches("web", Lan.INTERNET)).isFalse();
    for (int i = 0; i < 3; i++) {
      assertThat(lan.fetches("web", Lan.INTERNET)).isFalse();
    }
    DoctorCheck.Outcome failed = ForwardCheck.run(context);
    assertThat(failed.status()).isEqualTo(DoctorCheck.Status.FAIL);
    assertThat(failed.summary()).contains("did not leave this host: Docker drops them");

    for (String command : failed.remedy().split("; ")) {
      lan.host().sh(command);
    }
    assertThat(lan.fetches("web", Lan.INTERNET)).as(failed.remedy()).isTrue();
    assertThat(ForwardCheck.run(context).status()).isEqualTo(DoctorCheck.Status.OK);
  }

  @Test
  void who_drops_what_is_forwarded_is_named_before_any_guest_has_tried() throws Exception {
    asDockerDoes();
    start(Lan.vm("web", true));

    DoctorCheck.Outcome outcome = ForwardCheck.run(context);

    assertThat(outcome.status()).isEqualTo(DoctorCheck.Status.WARN);
    assertThat(outcome.summary()).contains("Docker drops what is forwarded");
  }

  @Test
  void forwarding_stays_on_when_somebody_else_has_come_to_rely_on_it() throws Exception {
    VmView web = Lan.vm("web", true);
    Guest receipt = start(web);
    lan.host()
        .sh(
            "nft 'add table ip other; add chain ip other f { type filter hook forward priority 0; }'");

    stop(web, receipt);

    assertThat(lan.host().output("sysctl", "-n", "net.ipv4.ip_forward")).isEqualTo("1\n");
    assertThat(rules()).doesNotContain("banger");
  }
}
