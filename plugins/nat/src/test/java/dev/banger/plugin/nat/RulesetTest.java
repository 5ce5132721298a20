package dev.banger.plugin.nat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.banger.api.CapabilityException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RulesetTest {
  private static final Guest WEB = Guest.of(Lan.vm("web", true), "nft");
  private static final Guest DB = Guest.of(Lan.vm("db", false), "nft");

  @Test
  void is_exactly_this_for_a_guest_that_may_reach_the_outside_and_one_that_may_not()
      throws IOException {
    String text = Ruleset.of(List.of(WEB, DB), Map.of(WEB.address(), new Firewall.Traffic(7, 420)));

    assertThat(text).isEqualTo(Files.readString(Path.of("src/test/resources/two-guests.nft")));
  }

  @Test
  void nobody_has_an_empty_list_of_elements() {
    assertThat(Ruleset.of(List.of(DB), Map.of()))
        .doesNotContain("elements = { }", "elements = {  }");
  }

  @Test
  void guests_of_two_bridges_are_refused() {
    Guest elsewhere =
        new Guest(DB.vmId(), DB.device(), "br-old", DB.address(), DB.mac(), false, "nft");

    assertThatThrownBy(() -> Ruleset.of(List.of(WEB, elsewhere), Map.of()))
        .isInstanceOf(CapabilityException.class)
        .hasMessageContaining("br-banger, br-old");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "172.30.0",
        "172.30.0.2 }",
        "172.30.0.256",
        "172.30.0.2.",
        "::1",
        "172.30.0.2\n"
      })
  void an_address_that_is_none_does_not_get_into_rules(String address) {
    assertThatThrownBy(() -> Guest.of(Lan.vm("web", true).on("bgr-1", address, true), "nft"))
        .isInstanceOf(CapabilityException.class)
        .hasMessageContaining("VM web cannot be kept apart from others");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "eth0", "bgr-", "bgr-x\" accept", "bgr-0123456789abc", "bgr-*"})
  void neither_does_a_device_that_is_not_a_guests(String device) {
    assertThatThrownBy(() -> Guest.of(Lan.vm("web", true).on(device, "172.30.0.2", true), "nft"))
        .isInstanceOf(CapabilityException.class);
  }

  @Test
  void what_was_loaded_is_read_back_as_the_same() {
    String text = Ruleset.of(List.of(WEB, DB), Map.of());
    Listing loaded = Listing.of(text.replace("counter ", "counter packets 3 bytes 9 "));

    assertThat(loaded.differenceTo(Listing.of(text))).isEmpty();
    assertThat(Listing.of("").differenceTo(Listing.of(text)))
        .contains("table bridge banger is missing");
    assertThat(Listing.of(Ruleset.of(List.of(WEB), Map.of())).differenceTo(Listing.of(text)))
        .contains("set bridge banger guests is not as it was loaded");
  }
}
