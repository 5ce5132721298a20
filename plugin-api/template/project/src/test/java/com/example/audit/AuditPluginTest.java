package com.example.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.banger.api.DoctorCheck;
import dev.banger.api.Permission;
import dev.banger.testkit.FakeCapabilityHost;
import dev.banger.testkit.FakeCommandCall;
import dev.banger.testkit.FakeContext;
import dev.banger.testkit.FakeVm;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AuditPluginTest {
  private static final FakeVm WEB = FakeVm.running("web");
  private static final Instant NOON = Instant.parse("2026-01-01T12:00:00Z");

  @TempDir Path dir;
  private FakeContext context;

  @BeforeEach
  void host() {
    FakeCapabilityHost host = new FakeCapabilityHost(Set.of(Permission.VM_READ), dir).with(WEB);
    context = new FakeContext("audit", dir, host).configured(Settings.DEFAULTS, Map.of("keep", 2L));
  }

  private Object log() {
    return AuditPlugin.showLog(
            FakeCommandCall.of(AuditPlugin.SHOW_LOG, Map.of("vm", "web"), dir, context))
        .value();
  }

  @Test
  void the_log_of_a_new_vm_is_empty() {
    assertThat(log()).isEqualTo(List.of());
  }

  @Test
  void the_log_shows_the_newest_run_first_and_whether_it_has_ended() {
    Runs runs = Runs.of(context, WEB);
    runs.started("op-1", NOON, "6.1");
    runs.stopped("op-1", NOON.plusSeconds(5));
    runs.started("op-2", NOON.plusSeconds(9), "6.2");

    assertThat(log())
        .isEqualTo(
            List.of(
                Map.of("started", "2026-01-01T12:00:09Z", "stopped", "", "kernel", "6.2"),
                Map.of(
                    "started", "2026-01-01T12:00:00Z",
                    "stopped", "2026-01-01T12:00:05Z",
                    "kernel", "6.1")));
  }

  @Test
  void only_as_many_runs_are_kept_as_configured() {
    for (int i = 0; i < 5; i++) {
      Runs.of(context, WEB).started("op-" + i, NOON.plusSeconds(i), "6.1");
    }

    assertThat(Runs.of(context, WEB).newestFirst())
        .extracting(Run::started)
        .containsExactly(NOON.plusSeconds(4), NOON.plusSeconds(3));
  }

  @Test
  void a_number_out_of_range_is_refused_with_both_ends() {
    assertThatThrownBy(() -> new Settings(0)).hasMessage("keep must be 1 to 1000, got 0");
  }

  @Test
  void the_doctor_says_what_to_do_about_a_directory_that_cannot_be_written_to() {
    assertThat(AuditPlugin.check(context).status()).isEqualTo(DoctorCheck.Status.OK);

    FakeContext elsewhere =
        new FakeContext("audit", dir.resolve("missing"), context.host(), Settings.DEFAULTS);
    assertThat(AuditPlugin.check(elsewhere).status()).isEqualTo(DoctorCheck.Status.FAIL);
    assertThat(AuditPlugin.check(elsewhere).remedy()).startsWith("chmod");
  }
}
