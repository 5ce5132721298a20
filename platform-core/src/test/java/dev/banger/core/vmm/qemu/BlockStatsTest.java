package dev.banger.core.vmm.qemu;

import static org.assertj.core.api.Assertions.assertThat;

import dev.banger.core.lifecycle.VmmDriver.Counters;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class BlockStatsTest {
  private static Object disk(Object read, Object written) {
    return Map.of("node-name", "disk", "stats", Map.of("rd_bytes", read, "wr_bytes", written));
  }

  @Test
  void all_disks_are_added_and_the_network_is_not_counted() {
    assertThat(BlockStats.sum(List.of(disk(1000, 20), disk(1L << 40, 3L))))
        .isEqualTo(new Counters((1L << 40) + 1000, 23, -1, -1));
  }

  @Test
  void nonsense_counts_as_nothing() {
    List<Object> odd = new ArrayList<>(Arrays.asList(null, "disk", Map.of(), Map.of("stats", 7)));
    odd.add(disk("lots", -5));
    odd.add(disk(7, 8));

    assertThat(BlockStats.sum(odd)).isEqualTo(new Counters(7, 8, -1, -1));
    assertThat(BlockStats.sum(null)).isEqualTo(new Counters(0, 0, -1, -1));
    assertThat(BlockStats.sum(Map.of())).isEqualTo(new Counters(0, 0, -1, -1));
  }
}
