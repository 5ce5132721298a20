package dev.banger.core.vmm.firecracker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.banger.core.lifecycle.VmmDriver.VmmExit;
import dev.banger.core.vmm.BootConsole;
import dev.banger.core.vmm.firecracker.ExitMeaning.ByUs;
import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Versions, exit codes and logs, in words. */
class MeaningsTest {
  @Test
  void theVersionIsInTheFirstLine() {
    assertThat(FirecrackerVersion.parse("Firecracker v1.16.1\n\nexiting. exit_code=0\n"))
        .contains(new FirecrackerVersion(1, 16, 1));
    assertThat(FirecrackerVersion.parse("Firecracker v1.17.0-dev\n"))
        .contains(new FirecrackerVersion(1, 17, 0));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "\nFirecracker v1.16.1",
        "QEMU emulator version 7.2.0",
        "Firecracker v1.16",
        "Firecracker v99999999999.1.1",
        "Firecracker v1.1.1; rm",
      })
  void whatIsNoVersionIsNone(String output) {
    assertThat(FirecrackerVersion.parse(output)).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({"1.9.9, true", "1.10.0, false", "0.25.2, true", "2.0.0, false"})
  void anOldOneIsTooOld(String version, boolean tooOld) {
    assertThat(parse(version).tooOld()).isEqualTo(tooOld);
  }

  @ParameterizedTest
  @CsvSource({"1.15.1, true", "1.16.0, false", "1.16.1, false", "1.17.0, true", "1.10.0, true"})
  void twoReleasesDoNotSurviveAPause(String version, boolean survives) {
    assertThat(parse(version).survivesPause()).isEqualTo(survives);
  }

  @Test
  void aGuestThatGoesDownEndsItsVmmInOrder() {
    assertThat(of(0, List.of(), List.of("[    9.3] reboot: Restarting system")))
        .isEqualTo(new VmmExit(true, "the guest went down"));
  }

  @Test
  void aPanicIsToldFromARestart() {
    assertThat(of(0, List.of(), List.of("[ 1.0] Kernel panic - not syncing: No init", "more")))
        .isEqualTo(
            new VmmExit(false, "the guest's kernel panicked: Kernel panic - not syncing: No init"));
  }

  @ParameterizedTest
  @CsvSource({
    "1, the VMM failed",
    "148, a system call that its filter forbids",
    "149, bus error",
    "152, refused its configuration",
    "153, did not understand its arguments",
    "137, killed by signal 9",
    "77, exit code 77",
  })
  void everyOtherExitIsAFailureAndHasASentence(int code, String sentence) {
    VmmExit exit = of(code, List.of(), List.of());
    assertThat(exit.orderly()).isFalse();
    assertThat(exit.meaning()).contains(sentence);
  }

  @Test
  void itsLastComplaintIsQuotedWithoutWhereAndWhen() {
    List<String> log =
        List.of(
            "2026-06-29T10:00:00.123456789 [box:main:ERROR] Something broke.",
            "2026-06-29T10:00:00.123456789 [box:main:ERROR] Received signal 13, code 0.",
            "2026-06-29T10:00:01.123456789 [box:fc_vcpu 0:WARN] IO failed: bus_error: Missing",
            "2026-06-29T10:00:02.123456789 [box:main:ERROR] Firecracker exiting with error."
                + " exit_code=1");

    assertThat(of(1, log, List.of()).meaning()).isEqualTo("the VMM failed: Something broke.");
    assertThat(FirecrackerLog.exitCode(log)).hasValue(1);
  }

  @Test
  void ofAnAdoptedOneItsLogTellsTheCodeOrNothingDoes() {
    assertThat(
            FirecrackerLog.exitCode(List.of("x [box:main:INFO] Firecracker exiting. exit_code=0")))
        .hasValue(0);
    assertThat(FirecrackerLog.exitCode(List.of("the guest says exit_code=0"))).isEmpty();
    assertThat(ExitMeaning.of(ByUs.NO, OptionalInt.empty(), List.of(), List.of()).orderly())
        .isFalse();
  }

  @Test
  void whatWeDidOurselvesIsKnown() {
    assertThat(ExitMeaning.of(ByUs.KILLED, OptionalInt.of(137), List.of(), List.of()))
        .isEqualTo(new VmmExit(true, "killed by the daemon"));
    assertThat(ExitMeaning.of(ByUs.HALTED, OptionalInt.of(137), List.of(), List.of()))
        .isEqualTo(new VmmExit(true, "the guest powered off"));
  }

  @ParameterizedTest
  @CsvSource({
    "[    3.033612] reboot: System halted, true",
    "[    3.0] reboot: Power down, true",
    "[    3.0] reboot: Power off not available: System halted instead, true",
    "[    3.0] reboot: Restarting system, false",
    "reboot: System halted? not yet, false",
  })
  void aHaltedGuestIsKnownByItsLastLine(String line, boolean halted) {
    assertThat(BootConsole.halted(List.of("before", line))).isEqualTo(halted);
    assertThat(BootConsole.halted(List.of(line, "after"))).isFalse();
    assertThat(BootConsole.halted(List.of())).isFalse();
  }

  private static VmmExit of(int code, List<String> log, List<String> console) {
    return ExitMeaning.of(ByUs.NO, OptionalInt.of(code), log, console);
  }

  private static FirecrackerVersion parse(String version) {
    return FirecrackerVersion.parse("Firecracker v" + version).orElseThrow();
  }
}
