package dev.banger.core.doctor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.banger.core.doctor.DoctorCheck.Need;
import dev.banger.core.doctor.DoctorCheck.Result;
import dev.banger.core.doctor.DoctorCheck.Status;
import dev.banger.core.model.BangerException;
import dev.banger.core.model.ErrorKind;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class DoctorTest {
  @Test
  void findingsComeInTheOrderOfTheChecks() throws Exception {
    assertThat(
            new Doctor(
                    () ->
                        List.of(
                            check("b", () -> Result.ok("fine")),
                            check("a", () -> Result.warn("slow", "wait"))))
                .run())
        .containsExactly(
            new Finding("b", "core", Status.OK, "fine", ""),
            new Finding("a", "core", Status.WARN, "slow", "wait"));
  }

  @Test
  void checksRunSideBySide() throws Exception {
    CyclicBarrier together = new CyclicBarrier(3);
    DoctorCheck meeting =
        check(
            "meeting",
            () -> {
              together.await();
              return Result.ok("met");
            });
    assertThat(new Doctor(() -> List.of(meeting, meeting, meeting)).run())
        .extracting(Finding::summary)
        .containsOnly("met");
  }

  @Test
  void aCheckThatThrowsIsAFailedCheckAndNoMore() throws Exception {
    List<Finding> findings =
        new Doctor(
                () ->
                    List.of(
                        check(
                            "known",
                            () -> {
                              throw new BangerException(
                                  ErrorKind.TIMEOUT, "qemu said nothing", "ask it again");
                            }),
                        check(
                            "broken",
                            () -> {
                              throw new LinkageError("wrong\nversion");
                            }),
                        check("mute", () -> null),
                        check("fine", () -> Result.ok("fine"))))
            .run();
    assertThat(findings)
        .containsExactly(
            new Finding("known", "core", Status.FAIL, "qemu said nothing", "ask it again"),
            new Finding(
                "broken",
                "core",
                Status.FAIL,
                "the check itself failed: LinkageError: wrong version",
                ""),
            new Finding("mute", "core", Status.FAIL, "the check answered nothing", ""),
            new Finding("fine", "core", Status.OK, "fine", ""));
  }

  @Test
  void aCheckThatHangsIsInterruptedAndHoldsNobodyUp() throws Exception {
    CountDownLatch interrupted = new CountDownLatch(1);
    DoctorCheck hanging =
        check(
            "hanging",
            () -> {
              try {
                new CountDownLatch(1).await();
              } catch (InterruptedException e) {
                interrupted.countDown();
              }
              return Result.ok("too late");
            });
    List<Finding> findings =
        new Doctor(
                () -> List.of(hanging, check("fine", () -> Result.ok("fine"))),
                Duration.ofMillis(200),
                Duration.ofSeconds(10))
            .run();
    assertThat(findings).extracting(Finding::status).containsExactly(Status.FAIL, Status.OK);
    assertThat(findings.getFirst().summary()).startsWith("the check did not end within");
    interrupted.await();
  }

  @Test
  void aFloodOfTextIsCut() throws Exception {
    assertThat(new Doctor(() -> List.of(check("x", () -> Result.ok("y".repeat(100_000))))).run())
        .singleElement()
        .satisfies(finding -> assertThat(finding.summary()).hasSize(503));
  }

  @Test
  void preflightRunsOnlyWhatTheRequestNeedsAndLetsWarningsThrough() throws Exception {
    Doctor doctor =
        new Doctor(
            () ->
                List.of(
                    check("disk", () -> Result.warn("tight", ""), Need.CREATE),
                    check(
                        "import",
                        () -> {
                          throw new AssertionError("not asked for");
                        },
                        Need.IMPORT)));
    doctor.preflight(Set.of(Need.CREATE));
    doctor.preflight(Set.of(Need.IMPORT_DEBIAN));
  }

  @Test
  void preflightSaysWhatIsMissingAndHowToMendIt() {
    DoctorCheck qemu =
        check(
            "qemu",
            () -> Result.fail("qemu is not installed", "sudo apt-get install qemu"),
            Need.CREATE);
    DoctorCheck agent =
        check("agent", () -> Result.fail("no agent disk", "./quickstart"), Need.CREATE);

    BangerException one = refusal(new Doctor(() -> List.of(qemu)));
    assertThat(one.kind()).isEqualTo(ErrorKind.UNAVAILABLE);
    assertThat(one).hasMessage("qemu is not installed");
    assertThat(one.hint()).isEqualTo("sudo apt-get install qemu");

    BangerException two = refusal(new Doctor(() -> List.of(qemu, agent)));
    assertThat(two)
        .hasMessage(
            "this host lacks 2 things that are needed: qemu is not installed; no agent disk");
    assertThat(two.details())
        .containsExactly(
            "qemu: qemu is not installed; to mend: sudo apt-get install qemu",
            "agent: no agent disk; to mend: ./quickstart");
  }

  private static BangerException refusal(Doctor doctor) {
    return catchThrowableOfType(BangerException.class, () -> doctor.preflight(Set.of(Need.CREATE)));
  }

  private static DoctorCheck check(String id, Callable<Result> body, Need... needs) {
    return new DoctorCheck() {
      @Override
      public String id() {
        return id;
      }

      @Override
      public Set<Need> neededFor() {
        return Set.of(needs);
      }

      @Override
      public Result run() throws Exception {
        return body.call();
      }
    };
  }

  /** Broken until it is mended. */
  private static DoctorCheck broken(String id, Callable<String> fix) {
    AtomicReference<String> mended = new AtomicReference<>("");
    return new DoctorCheck() {
      @Override
      public String id() {
        return id;
      }

      @Override
      public Result run() {
        return mended.get().isEmpty() ? Result.fail("is broken", "mend it") : Result.ok("works");
      }

      @Override
      public String fix() throws Exception {
        mended.set(fix.call());
        return mended.get();
      }
    };
  }

  @Test
  void aFixIsFollowedByAnotherLookAndToldOf() throws Exception {
    assertThat(new Doctor(() -> List.of(broken("a", () -> "turned the screw"))).fix())
        .containsExactly(new Finding("a", "core", Status.OK, "works", "", "turned the screw"));
    assertThat(new Doctor(() -> List.of(broken("a", () -> ""))).fix())
        .containsExactly(new Finding("a", "core", Status.FAIL, "is broken", "mend it"));
  }

  @Test
  void whatIsWellIsLeftAlone() throws Exception {
    DoctorCheck well =
        new DoctorCheck() {
          @Override
          public String id() {
            return "well";
          }

          @Override
          public Result run() {
            return Result.ok("fine");
          }

          @Override
          public String fix() {
            throw new AssertionError("nobody asked for that");
          }
        };
    assertThat(new Doctor(() -> List.of(well)).fix())
        .containsExactly(new Finding("well", "core", Status.OK, "fine", ""));
  }

  @Test
  void aFixThatBreaksOrHangsIsToldAndKeepsNoOtherFromBeingTried() throws Exception {
    CountDownLatch never = new CountDownLatch(1);
    List<DoctorCheck> checks =
        List.of(
            broken(
                "throws",
                () -> {
                  throw new IllegalStateException("no screwdriver");
                }),
            broken(
                "hangs",
                () -> {
                  never.await();
                  return "";
                }),
            broken("last", () -> "turned the screw"));
    List<Finding> findings =
        new Doctor(() -> checks, Duration.ofSeconds(10), Duration.ofMillis(100)).fix();

    assertThat(findings)
        .extracting(Finding::summary)
        .containsExactly(
            "is broken; not mended: no screwdriver",
            "is broken; not mended: it did not end within 0 s",
            "works");
  }
}
