package dev.banger.core.stats;

import static org.assertj.core.api.Assertions.assertThat;

import dev.banger.core.host.ProcessMeter;
import dev.banger.core.lifecycle.GuestLink;
import dev.banger.core.lifecycle.LiveVms;
import dev.banger.core.lifecycle.VmDirectories;
import dev.banger.core.model.Launched;
import dev.banger.core.model.VmHandles;
import dev.banger.core.model.VmId;
import dev.banger.core.model.VmRecord;
import dev.banger.core.model.VmSpec;
import dev.banger.core.model.VmState;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CpuWatchTest {
  @TempDir Path home;

  private VmId runIn(LiveVms live, int number) {
    VmId id = VmId.random();
    VmSpec spec = new VmSpec("vm" + number, "tiny", 1, 128, 64, 32, true, "auto", Map.of());
    VmRecord vm =
        new VmRecord(
            id, spec, new VmState.Running(), "", 0, Instant.EPOCH, Optional.empty(), "", false);
    live.add(
        vm,
        new VmDirectories(home, home).paths(id),
        new VmHandles(4_000_000 + number, 1, "boot", "fake", "tcg"),
        new CompletableFuture<>(),
        new GuestLink.NetworkConfig("", "", List.of()),
        _ -> {
          throw new IOException("nobody is there");
        },
        Launched.of(spec));
    return id;
  }

  @Test
  void nothing_is_remembered_of_vms_that_are_gone() {
    LiveVms live =
        new LiveVms(
            (_, _, _) -> {
              throw new AssertionError("no guest is asked");
            });
    CpuWatch watch = new CpuWatch(live, new ProcessMeter(home.toString()), () -> 0);
    List<VmId> vms = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      vms.add(runIn(live, i));
    }
    watch.look();
    assertThat(watch.remembered()).isEqualTo(10);

    vms.subList(0, 9).forEach(live::remove);
    watch.look();

    assertThat(watch.remembered()).isEqualTo(1);
    live.remove(vms.getLast());
    watch.look();
    assertThat(watch.remembered()).isZero();
  }
}
