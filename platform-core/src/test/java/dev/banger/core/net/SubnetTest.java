package dev.banger.core.net;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SubnetTest {
  private static final Subnet GUESTS = subnet("172.30.0.0/16");

  private static Subnet subnet(String cidr) {
    return Subnet.parse(cidr).orElseThrow();
  }

  @Test
  void aVmHasTheSameLeaseInBothModes() {
    assertThat(GUESTS.gateway()).isEqualTo("172.30.0.1");
    assertThat(GUESTS.addressOf("127.77.0.2")).isEqualTo("172.30.0.2");
    assertThat(GUESTS.addressOf("127.77.255.254")).isEqualTo("172.30.255.254");
    assertThat(subnet("10.0.0.0/8").addressOf("127.77.3.4")).isEqualTo("10.0.3.4");
    assertThat(Subnet.mac("172.30.1.255")).isEqualTo("06:00:ac:1e:01:ff");
  }

  @ParameterizedTest
  @CsvSource({
    "172.30.0.0/16, true",
    "172.30.7.0/24, true",
    "172.16.0.0/12, true",
    "0.0.0.0/0,     true",
    "172.31.0.0/16, false",
    "10.0.0.0/8,    false",
    "172.30.0.9,    true",
  })
  void itKnowsWhatLiesInIt(String other, boolean overlaps) {
    assertThat(GUESTS.overlaps(subnet(other))).isEqualTo(overlaps);
    assertThat(subnet(other).overlaps(GUESTS)).isEqualTo(overlaps);
  }

  @Test
  void hostBitsAreCutOff() {
    assertThat(subnet("255.255.255.255/1")).hasToString("128.0.0.0/1");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "default", "1.2.3", "1.2.3.256", "1.2.3.4/33", "::1", "1.2.3.4/x"})
  void whatIsNoNetworkIsNone(String text) {
    assertThat(Subnet.parse(text)).isEmpty();
  }
}
