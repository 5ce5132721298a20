package dev.banger.core.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

class AddressesTest {
  @Test
  void noAddressEndsInZeroOr255AndTheFirstIsReserved() {
    Set<String> all = new HashSet<>();
    for (long n = Addresses.POOL.first(); n <= Addresses.POOL.last(); n++) {
      String address = Addresses.of(n);
      assertThat(address).matches("127\\.77\\.\\d{1,3}\\.\\d{1,3}").isNotEqualTo("127.77.0.1");
      String last = address.substring(address.lastIndexOf('.') + 1);
      assertThat(Integer.parseInt(last)).isBetween(1, 254);
      assertThat(all.add(address)).isTrue();
    }
    assertThat(all).hasSize(65_023).contains("127.77.0.2", "127.77.1.1", "127.77.255.254");
  }

  @Test
  void theSearchGoesRoundAndEndsWhenAllAreTaken() {
    Pool pool = new Pool(3, 5);
    assertThat(pool.next(3, _ -> true)).hasValue(4);
    assertThat(pool.next(5, _ -> true)).hasValue(3);
    assertThat(pool.next(3, n -> n == 3)).hasValue(3);
    assertThat(pool.next(4, _ -> false)).isEmpty();
    assertThat(pool.next(-100, _ -> true)).isPresent();
    assertThat(pool.next(Long.MAX_VALUE / 2, _ -> true)).isPresent();
  }
}
