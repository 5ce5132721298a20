package dev.banger.plugin.idle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.banger.api.DoctorCheck;
import dev.banger.api.Permission;
import dev.banger.api.build.Registration;
import dev.banger.testkit.FakeCapabilityHost;
import dev.banger.testkit.FakeContext;
import dev.banger.testkit.FakeVm;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class IdleStopPluginTest {
  @TempDir Path temp;
  private final Registration registration = Registration.of(new IdleStopPlugin());

  private FakeContext context(Map<String, ?> table, FakeCapabilityHost host) {
    return new FakeContext("idle-stop", temp, host).configured(IdleStopSettings.DEFAULTS, table);
  }

  private FakeCapabilityHost host() {
    return new FakeCapabilityHost(Set.of(Permission.VM_READ, Permission.VM_STOP), temp);
  }

  private DoctorCheck.Outcome check(FakeContext context) throws Exception {
    return registration.checks().get("idle-stop").run(context);
  }

  @Test
  void the_doctor_says_what_is_configured() throws Exception {
    assertThat(check(context(Map.of(), host())))
        .isEqualTo(DoctorCheck.Outcome.ok("off: idle_stop = \"0s\""));
    assertThat(
            check(context(Map.of("after", "PT30M"), host().with(AllowanceTest.labelled("never")))))
        .isEqualTo(
            DoctorCheck.Outcome.ok("VMs stop after 30 min without use; 1 by the label idle-stop"));
  }

  @Test
  void the_doctor_names_a_vm_whose_label_is_no_time() throws Exception {
    DoctorCheck.Outcome outcome =
        check(context(Map.of(), host().with(AllowanceTest.labelled("soon"))));

    assertThat(outcome.status()).isEqualTo(DoctorCheck.Status.WARN);
    assertThat(outcome.summary()).contains("vm web is never stopped", "got \"soon\"");
  }

  @Test
  void no_vm_is_made_with_a_label_that_is_no_time() throws Exception {
    FakeContext context = context(Map.of(), host());

    assertThat(registration.validator().orElseThrow().problems(FakeVm.running("web"), context))
        .isEmpty();
    assertThat(
            registration
                .validator()
                .orElseThrow()
                .problems(AllowanceTest.labelled("soon"), context))
        .singleElement()
        .asString()
        .contains("got \"soon\"");
  }

  @Test
  void values_out_of_range_are_refused_with_the_range() {
    assertThatThrownBy(() -> new IdleStopSettings(Duration.ofHours(8761), 10))
        .hasMessage("after must be 0s to 8760 h, got 8761 h");
    assertThatThrownBy(() -> new IdleStopSettings(Duration.ZERO, -1))
        .hasMessageStartingWith("cpu must be 0 to 100000 percent of one CPU");
  }
}
