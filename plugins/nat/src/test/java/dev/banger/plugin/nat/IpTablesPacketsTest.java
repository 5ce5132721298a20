package dev.banger.plugin.nat;

import static org.assertj.core.api.Assertions.assertThat;

import dev.banger.api.Observed;
import dev.banger.api.VmView;
import java.util.List;
import org.junit.jupiter.api.Test;

class IpTablesPacketsTest extends PacketsTest {
  @Override
  List<String> missing() {
    return List.of("nft");
  }

  @Override
  String left(String rules) {
    return rules.replaceAll("(?s)table ip (filter|nat|raw) \\{.*?\\n\\}\\n", "")
        + lan.host().output("iptables-save").replaceAll("(?m)^(#|:|\\*|COMMIT).*\\n", "");
  }

  @Test
  void a_rule_that_somebody_removed_is_noticed() throws Exception {
    VmView web = Lan.vm("web", true);
    Guest receipt = start(web);
    for (String meddling :
        List.of(
            "iptables -F BANGER-FORWARD",
            "iptables -D FORWARD 1",
            "iptables -I BANGER-INPUT -j ACCEPT",
            "iptables -t raw -D BANGER-SOURCE 2",
            "iptables -t nat -F",
            "iptables -F; iptables -X; iptables -t raw -F; iptables -t raw -X")) {
      lan.host().sh(meddling);
      assertThat(observe(web, receipt)).as(meddling).isInstanceOf(Observed.Drifted.class);
      again(web, receipt);
      assertThat(observe(web, receipt)).as(meddling).isEqualTo(Observed.present(receipt));
    }
    assertThat(lan.fetches("web", Lan.INTERNET)).isTrue();
  }

  @Test
  void a_policy_that_drops_does_not_stop_guests_because_rules_of_ours_come_before_it()
      throws Exception {
    asDockerDoes();
    start(Lan.vm("web", true));

    assertThat(lan.fetches("web", Lan.INTERNET)).isTrue();
    assertThat(ForwardCheck.run(context).summary()).isEqualTo("what guests send leaves this host");
  }

  @Test
  void rules_of_others_in_the_same_chains_stay() throws Exception {
    lan.host().sh("iptables -A FORWARD -s 10.0.0.0/8 -j ACCEPT; iptables -A INPUT -i lo -j ACCEPT");
    VmView web = Lan.vm("web", true);
    Guest receipt = start(web);
    stop(web, receipt);

    assertThat(left(""))
        .isEqualTo("-A INPUT -i lo -j ACCEPT\n-A FORWARD -s 10.0.0.0/8 -j ACCEPT\n");
  }
}
