package dev.banger.core.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.banger.core.doctor.DoctorCheck.Result;
import org.junit.jupiter.api.Test;

class FirecrackerCheckTest {
  private static final StatusOnlyDriver MISSING =
      new StatusOnlyDriver("firecracker", false, "", "it is not installed", "install it");

  @Test
  void whereNobodyAskedForItItMayBeMissing() {
    FirecrackerCheck check = new FirecrackerCheck(MISSING, "auto");
    assertThat(check.run()).isEqualTo(Result.ok("not used: it is not installed"));
    assertThat(check.neededFor()).isEmpty();
  }

  @Test
  void whereItIsAskedForItMayNot() {
    FirecrackerCheck check = new FirecrackerCheck(MISSING, "firecracker");
    assertThat(check.run()).isEqualTo(Result.fail("it is not installed", "install it"));
    // A VM's start waits for the verdict on KVM itself; a preflight would refuse it meanwhile.
    assertThat(check.neededFor()).isEmpty();
  }

  @Test
  void whatIsUsedTellsItsVersionAndWhatItLacks() {
    assertThat(check(new StatusOnlyDriver("firecracker", true, "kvm", "", "")))
        .isEqualTo(Result.ok("1.0"));
    assertThat(check(new StatusOnlyDriver("firecracker", true, "kvm", "cannot pause", "other")))
        .isEqualTo(Result.warn("1.0 cannot pause", "other"));
  }

  private static Result check(StatusOnlyDriver driver) {
    return new FirecrackerCheck(driver, "auto").run();
  }
}
