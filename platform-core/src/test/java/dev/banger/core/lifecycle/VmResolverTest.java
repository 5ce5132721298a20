package dev.banger.core.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.banger.core.model.ErrorKind;
import dev.banger.core.model.VmId;
import dev.banger.core.model.VmRecord;
import dev.banger.core.model.VmSpec;
import dev.banger.core.model.VmState;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class VmResolverTest {
  private static VmRecord vm(String id, String name) {
    VmSpec spec = new VmSpec(name, "tiny", 1, 128, 64, 32, true, "auto", Map.of());
    return new VmRecord(
        new VmId(id),
        spec,
        new VmState.Stopped(),
        "",
        3,
        Instant.EPOCH,
        Optional.empty(),
        "",
        false);
  }

  private final List<VmRecord> snapshot =
      List.of(
          vm("3f9a00000000", "otter-blue"),
          vm("3f9b00000000", "otter-red"),
          vm("81c000000000", "web"));

  @Test
  void findsByNameByIdAndByUniquePrefix() {
    assertThat(VmResolver.resolve("web", snapshot).name()).isEqualTo("web");
    assertThat(VmResolver.resolve("81c000000000", snapshot).name()).isEqualTo("web");
    assertThat(VmResolver.resolve("3f9b", snapshot).name()).isEqualTo("otter-red");
  }

  @Test
  void namesAllMatchesOfAnAmbiguousPrefix() {
    assertThatThrownBy(() -> VmResolver.resolve("3f9", snapshot))
        .hasMessage("\"3f9\" matches 2 VMs: otter-blue (3f9a00..), otter-red (3f9b00..)")
        .hasFieldOrPropertyWithValue("kind", ErrorKind.AMBIGUOUS)
        .hasFieldOrPropertyWithValue("hint", "use the full name or a longer id");
  }

  @Test
  void suggestsNamesThatLookAlike() {
    assertThatThrownBy(() -> VmResolver.resolve("ott", snapshot))
        .hasMessage("there is no VM \"ott\"")
        .hasFieldOrPropertyWithValue("hint", "did you mean otter-blue or otter-red?");
  }

  @Test
  void printsAHostileReferenceHarmlessly() {
    assertThatThrownBy(() -> VmResolver.resolve("\u001b[31m" + "x".repeat(500), snapshot))
        .message()
        .doesNotContain("\u001b")
        .hasSizeLessThan(120);
  }
}
