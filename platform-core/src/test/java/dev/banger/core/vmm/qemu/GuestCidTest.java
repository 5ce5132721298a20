package dev.banger.core.vmm.qemu;

import static org.assertj.core.api.Assertions.assertThat;

import dev.banger.core.model.VmId;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class GuestCidTest {
  @Test
  void every_vm_and_every_try_has_an_address_of_its_own_that_is_nobody_elses_by_nature() {
    Set<Long> all = new HashSet<>();
    for (int i = 0; i < 1000; i++) {
      VmId id = new VmId("%012x".formatted(i));
      for (int attempt = 0; attempt < GuestCid.TRIES; attempt++) {
        long cid = GuestCid.of(id, attempt);
        assertThat(cid).isBetween(3L, 4_294_967_294L).isEqualTo(GuestCid.of(id, attempt));
        all.add(cid);
      }
    }
    // 8000 of 2^32: none or nearly none meet by chance.
    assertThat(all).hasSizeGreaterThan(7_990);
  }

  @Test
  void the_address_is_found_in_arguments_and_nothing_else_is_taken_for_one() {
    assertThat(GuestCid.in(device("vhost-vsock-device,guest-cid=7"))).hasValue(7);
    assertThat(GuestCid.in(device("vhost-vsock-device,bus=b.1,guest-cid=7,id=x"))).hasValue(7);
    assertThat(GuestCid.in(device("vhost-vsock-device,guest-cid=2"))).isEmpty();
    assertThat(GuestCid.in(device("vhost-vsock-device,guest-cid=4294967295"))).isEmpty();
    assertThat(GuestCid.in(device("vhost-vsock-device,guest-cid=99999999999"))).isEmpty();
    assertThat(GuestCid.in(device("virtio-serial-device,guest-cid=7"))).isEmpty();
    assertThat(GuestCid.in(List.of("-name", "vhost-vsock-device,guest-cid=7"))).isEmpty();
    assertThat(GuestCid.in(List.of("-device"))).isEmpty();
  }

  private static List<String> device(String option) {
    return List.of("qemu", "-device", "virtio-rng-device", "-device", option);
  }
}
