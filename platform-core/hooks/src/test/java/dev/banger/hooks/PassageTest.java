package dev.banger.hooks;

import static dev.banger.hooks.Fixture.VM;
import static dev.banger.hooks.Fixture.plugin;
import static dev.banger.hooks.Fixture.step;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.banger.api.CapabilityException;
import dev.banger.api.FailureKind;
import dev.banger.api.LifecycleStep;
import dev.banger.api.Phase;
import dev.banger.api.Started;
import dev.banger.api.StepContext;
import dev.banger.api.StepSpec;
import dev.banger.api.Stopped;
import dev.banger.hooks.Fixture.Code;
import dev.banger.hooks.Fixture.Mark;
import dev.banger.hooks.JournalRow.State;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class PassageTest {
  private static final StepSpec RULES = StepSpec.required("rules", Phase.HOST);
  private static final StepSpec EXTRA = StepSpec.bestEffort("extra", Phase.HOST);
  private static final Code.Starting FINE = context -> Started.ok(new Mark(context.vm().name()));
  private static final Code.Stopping GONE = (_, _) -> Stopped.released();

  private final Fixture fixture = new Fixture();
  private final List<String> calls = Collections.synchronizedList(new ArrayList<>());

  private static CapabilityException off(String why) {
    return new CapabilityException(FailureKind.HOST, why, "mend it");
  }

  @Test
  void aStepThatIsDoneKeepsItsReceiptAndNoteAndIsForgottenWhenStopped() throws Exception {
    fixture.plugins.with(
        step(
            "nat",
            RULES,
            _ -> Started.ok(new Mark("chain"), "3 rules\n\u001b[31m"),
            (_, receipt) -> {
              calls.add("stop " + receipt.orElseThrow().name());
              return Stopped.released();
            }));
    try (Passage passage = fixture.begin()) {
      passage.start(Phase.PREPARE);
      passage.start(Phase.HOST);

      JournalRow row = fixture.row("rules");
      assertThat(row.state()).isEqualTo(State.STARTED);
      assertThat(row.receiptJson()).contains("{\"name\":\"chain\"}");
      assertThat(row.note()).isEqualTo("3 rules  [31m");
      assertThat(row.reason()).isEmpty();

      assertThat(passage.stop(Phase.GUEST)).isEqualTo(StopReport.NOTHING);
      assertThat(passage.stop(Phase.HOST)).isEqualTo(new StopReport(1, List.of()));
    }
    assertThat(fixture.journal.open()).isEmpty();
    assertThat(calls).containsExactly("stop chain");
    assertThat(fixture.history()).containsExactly("start rules: ok", "stop rules: released");
    assertThat(fixture.progress).as("nothing worth telling").isEmpty();
    assertThat(fixture.plugins.held).isZero();
  }

  @Test
  void aRequiredStepThatFailsNamesItselfAndLeavesTheUndoingToTheCaller() throws Exception {
    fixture.plugins.with(
        step("dns", StepSpec.required("zone", Phase.HOST), FINE, GONE),
        step(
            "nat",
            RULES,
            context -> {
              context.intend(new Mark("half"));
              throw off("no nft here");
            },
            (_, receipt) -> {
              calls.add("stop " + receipt);
              return Stopped.nothingToDo();
            }));
    try (Passage passage = fixture.begin()) {
      assertThatThrownBy(() -> passage.start(Phase.HOST))
          .isInstanceOf(CapabilityException.class)
          .hasMessageMatching(
              "nat 1\\.0\\.0, step rules: failed after [0-9.]+ m?s \\(required\\): no nft here")
          .satisfies(e -> assertThat(((CapabilityException) e).hint()).isEqualTo("mend it"))
          .satisfies(e -> assertThat(((CapabilityException) e).kind()).isEqualTo(FailureKind.HOST));

      assertThat(calls).isEmpty();
      assertThat(fixture.row("rules").state()).isEqualTo(State.STARTING);
      assertThat(passage.stop(Phase.HOST).released()).isEqualTo(2);
    }
    assertThat(calls).containsExactly("stop Optional[Mark[name=half]]");
    assertThat(fixture.journal.open()).isEmpty();
    assertThat(fixture.progress)
        .satisfiesExactly(
            line -> assertThat(line).isEqualTo("started plugin_nat_rules"),
            line ->
                assertThat(line)
                    .matches("done plugin_nat_rules failed after \\d+ m?s: no nft here"));
  }

  @Test
  void aDefectIsNamedOnceAndWithItsClass() {
    fixture.plugins.with(
        step(
            "nat",
            RULES,
            _ -> {
              throw new AssertionError("two\nlines");
            },
            GONE));

    assertThatThrownBy(() -> fixture.begin().start(Phase.HOST))
        .hasMessageEndingWith("(required): AssertionError: two lines")
        .hasMessageNotContaining("plugin nat");
  }

  @Test
  void aBestEffortStepThatFailsIsUndoneAtOnceAndTheStartGoesOn() throws Exception {
    fixture.plugins.with(
        step(
            "aaa",
            EXTRA,
            context -> {
              context.intend(new Mark("half"));
              throw off("no room");
            },
            (_, receipt) -> {
              calls.add("stop " + receipt.orElseThrow().name());
              return Stopped.released();
            }),
        step("nat", RULES, FINE, GONE));

    fixture.begin().start(Phase.HOST);

    assertThat(calls).containsExactly("stop half");
    assertThat(fixture.row("extra").state()).isEqualTo(State.FAILED);
    assertThat(fixture.row("extra").reason()).isEqualTo("no room");
    assertThat(fixture.row("rules").state()).isEqualTo(State.STARTED);
    assertThat(fixture.history())
        .containsExactly("start extra: failed", "stop extra: released", "start rules: ok");
  }

  @Test
  void aBestEffortStepThatCannotEvenBeUndoneIsTriedAgainAtEveryStop() throws Exception {
    AtomicBoolean stuck = new AtomicBoolean(true);
    fixture.plugins.with(
        step(
            "aaa",
            EXTRA,
            _ -> {
              throw off("no room");
            },
            (_, _) -> {
              if (stuck.get()) {
                throw off("busy");
              }
              return Stopped.released();
            }));
    try (Passage passage = fixture.begin()) {
      passage.start(Phase.HOST);

      JournalRow row = fixture.row("extra");
      assertThat(row.state()).isEqualTo(State.STOP_FAILED);
      assertThat(row.reason()).isEqualTo("no room; and it could not be taken back: busy");
      assertThat(row.retryAt()).contains(Fixture.NOW.plusSeconds(1));

      StopReport report = passage.stop(Phase.HOST);
      assertThat(report.released()).isZero();
      assertThat(report.pending()).hasToString("[aaa 1.0.0, step extra: busy]");
      assertThat(fixture.row("extra").attempts()).isEqualTo(2);
      assertThat(fixture.row("extra").retryAt()).contains(Fixture.NOW.plusSeconds(2));

      stuck.set(false);
      assertThat(passage.stop(Phase.HOST).released()).isEqualTo(1);
    }
    assertThat(fixture.journal.open()).isEmpty();
  }

  @Test
  void aDegradedStepIsStartedWithAReasonAndASkippedOneIsNeverStopped() throws Exception {
    fixture.plugins.with(
        step("aaa", EXTRA, _ -> Started.degraded(new Mark("part"), ""), GONE),
        step(
            "nat",
            RULES,
            _ -> Started.skipped("no network"),
            (_, _) -> {
              throw new AssertionError("must not be called");
            }));
    try (Passage passage = fixture.begin()) {
      passage.start(Phase.HOST);

      assertThat(fixture.row("extra").state()).isEqualTo(State.STARTED);
      assertThat(fixture.row("extra").reason()).isEqualTo("no reason given");
      assertThat(fixture.row("rules").state()).isEqualTo(State.SKIPPED);
      assertThat(fixture.row("rules").reason()).isEqualTo("no network");
      assertThat(passage.stop(Phase.HOST)).isEqualTo(new StopReport(1, List.of()));
    }
    assertThat(fixture.journal.open()).as("also the skipped one").isEmpty();
  }

  @Test
  void aStepThatSkipsAfterItSaidWhatItMakesIsUndoneAllTheSame() throws Exception {
    fixture.plugins.with(
        step(
            "nat",
            RULES,
            context -> {
              context.intend(new Mark("chain"));
              return Started.skipped("changed its mind");
            },
            (_, receipt) -> {
              calls.add("stop " + receipt.orElseThrow().name());
              return Stopped.released();
            }));

    fixture.begin().start(Phase.HOST);

    assertThat(calls).containsExactly("stop chain");
    assertThat(fixture.row("rules").state()).isEqualTo(State.SKIPPED);
  }

  record Other(String name) {}

  @Test
  @SuppressWarnings({"unchecked", "rawtypes"}) // what a plugin with raw types does
  void nullAndReceiptsOfAnotherTypeAreFailuresOfThePlugin() throws Exception {
    List<Code.Starting> wrong =
        List.of(
            _ -> null,
            _ -> (Started) Started.ok(new Other("x")),
            _ -> Started.ok(new Mark("x".repeat(70_000))),
            _ -> Started.ok(new Mark(null)));
    for (Code.Starting code : wrong) {
      Fixture each = new Fixture();
      each.plugins.with(step("nat", RULES, code, GONE));
      try (Passage passage = each.begin()) {
        assertThatThrownBy(() -> passage.start(Phase.HOST))
            .isInstanceOf(CapabilityException.class)
            .hasMessageContaining("nat 1.0.0, step rules: failed");
        assertThat(each.row("rules").state()).isEqualTo(State.STARTING);
        assertThat(passage.stop(Phase.HOST).released()).isEqualTo(1);
      }
    }
  }

  @Test
  void aStopThatReturnsNullIsTriedAgain() throws Exception {
    fixture.plugins.with(step("nat", RULES, FINE, (_, _) -> null));
    try (Passage passage = fixture.begin()) {
      passage.start(Phase.HOST);

      assertThat(passage.stop(Phase.HOST).pending().getFirst().reason())
          .isEqualTo("stop of step rules returned null");
    }
    assertThat(fixture.row("rules").state()).isEqualTo(State.STOP_FAILED);
  }

  @Test
  void aStepMayAskForMoreTimeToBeStopped() throws Exception {
    fixture.plugins.with(
        step("nat", RULES, FINE, (_, _) -> Stopped.pending(Duration.ofHours(3), "still draining")));
    try (Passage passage = fixture.begin()) {
      passage.start(Phase.HOST);
      passage.stop(Phase.HOST);
    }

    assertThat(fixture.row("rules").retryAt()).contains(Fixture.NOW.plusSeconds(600));
    assertThat(fixture.row("rules").reason()).isEqualTo("still draining");
    assertThat(fixture.history()).endsWith("stop rules: pending");
  }

  @Test
  void intendIsRefusedOutsideOfStartAndWhenTooLarge() throws Exception {
    AtomicReference<StepContext<Mark>> kept = new AtomicReference<>();
    fixture.plugins.with(
        step(
            "nat",
            RULES,
            context -> {
              kept.set(context);
              assertThatThrownBy(() -> context.intend(new Mark("x".repeat(66_000))))
                  .hasMessageContaining("64 KiB");
              context.intend(new Mark("x"));
              return Started.ok(new Mark("y"));
            },
            (context, _) -> {
              context.intend(new Mark("z"));
              return Stopped.released();
            }));
    try (Passage passage = fixture.begin()) {
      passage.start(Phase.HOST);

      assertThatThrownBy(() -> kept.get().intend(new Mark("late")))
          .isInstanceOf(CapabilityException.class)
          .hasMessageContaining("is over");
      assertThat(fixture.row("rules").receiptJson()).contains("{\"name\":\"y\"}");
      assertThat(passage.stop(Phase.HOST).pending().getFirst().reason())
          .contains("outside of start");
    }
  }

  @Test
  void anIntentThatRacesWithTheEndOfTheStartIsWrittenBeforeItOrNotAtAll() throws Exception {
    CountDownLatch writing = new CountDownLatch(1);
    CountDownLatch go = new CountDownLatch(1);
    MemoryJournal journal = new MemoryJournal();
    Journal slow =
        new WatchedJournal(
            journal,
            () -> {
              writing.countDown();
              awaitQuietly(go);
            },
            () -> {});
    Intents intents = new Intents(slow, journal.begin(rowOf()), "rules");
    Thread zombie = Thread.ofVirtual().start(() -> intents.intend("{\"name\":\"a\"}"));
    writing.await();
    Thread engine = Thread.ofVirtual().start(intents::close);
    assertThat(engine.join(Duration.ofMillis(20))).as("closed in the middle of a write").isFalse();
    go.countDown();
    engine.join();
    zombie.join();

    assertThat(slow.open().getFirst().receiptJson()).contains("{\"name\":\"a\"}");
    assertThatThrownBy(() -> intents.intend("{}")).isInstanceOf(CapabilityException.class);
  }

  private JournalRow rowOf() {
    return new JournalRow(
        0,
        VM,
        "nat",
        "1",
        "",
        "rules",
        Phase.HOST,
        RULES.policy(),
        List.of(),
        State.STARTING,
        1,
        Optional.empty(),
        "op-1",
        "",
        "",
        0,
        Optional.empty(),
        Fixture.NOW,
        Duration.ZERO);
  }

  private static void awaitQuietly(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Test
  void aStartThatHangsIsCutOffAndWhatItStillSaysIsKept() throws Exception {
    CountDownLatch release = new CountDownLatch(1);
    fixture.plugins.with(
        step(
            "nat",
            RULES.startWithin(Duration.ofMillis(50)),
            context -> {
              context.intend(new Mark("early"));
              boolean waiting = true;
              while (waiting) {
                try {
                  waiting = !release.await(10, TimeUnit.SECONDS);
                } catch (InterruptedException e) {
                  release.countDown();
                }
              }
              return Started.ok(new Mark("late"));
            },
            (_, receipt) -> {
              calls.add("stop " + receipt.orElseThrow().name());
              return Stopped.released();
            }));
    try (Passage passage = fixture.begin()) {
      assertThatThrownBy(() -> passage.start(Phase.HOST))
          .hasMessageContaining("(required): it did not finish within 50 ms")
          .satisfies(
              e -> assertThat(((CapabilityException) e).kind()).isEqualTo(FailureKind.TIMEOUT));

      passage.stop(Phase.HOST);
    }
    assertThat(calls).as("it returned before it was given up").containsExactly("stop late");
    assertThat(fixture.history()).startsWith("start rules: timed-out");
  }

  @Test
  void aCancelledStartLeavesARowThatStopUnderstands() throws Exception {
    CountDownLatch inside = new CountDownLatch(1);
    fixture.plugins.with(
        step(
            "nat",
            RULES,
            context -> {
              context.intend(new Mark("half"));
              inside.countDown();
              new CountDownLatch(1).await();
              return null;
            },
            (_, receipt) -> {
              calls.add("stop " + receipt.orElseThrow().name());
              return Stopped.released();
            }));
    try (Passage passage = fixture.begin()) {
      AtomicBoolean cancelled = new AtomicBoolean();
      Thread operation =
          Thread.ofVirtual()
              .start(
                  () -> {
                    try {
                      passage.start(Phase.HOST);
                    } catch (InterruptedException e) {
                      cancelled.set(true);
                    }
                  });
      inside.await();
      operation.interrupt();
      operation.join();

      assertThat(cancelled).isTrue();
      assertThat(fixture.row("rules").state()).isEqualTo(State.STARTING);
      assertThat(passage.stop(Phase.HOST).released()).isEqualTo(1);
    }
    assertThat(calls).containsExactly("stop half");
    assertThat(fixture.history()).containsExactly("start rules: failed", "stop rules: released");
  }

  @Test
  void whatAStuckStepComesAfterIsKeptAndTheRestIsReleased() throws Exception {
    AtomicBoolean stuck = new AtomicBoolean(true);
    Code.Stopping maybe =
        (_, _) -> {
          if (stuck.get()) {
            throw off("in use");
          }
          return Stopped.released();
        };
    fixture.plugins.with(
        step("disk", StepSpec.required("lvm", Phase.PREPARE), FINE, GONE),
        step("other", StepSpec.required("thing", Phase.PREPARE), FINE, GONE),
        step("tap", StepSpec.required("tap", Phase.HOST).after("disk"), FINE, GONE),
        step("dns", StepSpec.required("zone", Phase.HOST), FINE, GONE),
        step("nat", StepSpec.required("rules", Phase.HOST).after("tap/tap"), FINE, maybe));
    try (Passage passage = fixture.begin()) {
      passage.start(Phase.PREPARE);
      passage.start(Phase.HOST);

      StopReport host = passage.stop(Phase.HOST);
      assertThat(host.released()).as("the zone").isEqualTo(1);
      assertThat(host.pending())
          .extracting(Object::toString)
          .containsExactly(
              "nat 1.0.0, step rules: in use",
              "tap 1.0.0, step tap: kept for nat 1.0.0, step rules");
      StopReport prepare = passage.stop(Phase.PREPARE);
      assertThat(prepare.released()).as("the thing").isEqualTo(1);
      assertThat(prepare.pending())
          .extracting(Object::toString)
          .containsExactly("disk 1.0.0, step lvm: kept for tap 1.0.0, step tap");

      stuck.set(false);
      assertThat(passage.stop(Phase.HOST).released()).isEqualTo(2);
      assertThat(passage.stop(Phase.PREPARE).released()).isEqualTo(1);
    }
    assertThat(fixture.journal.open()).isEmpty();
  }

  @Test
  void thePluginThatIsNotThereIsReportedAndHoldsUpNobody() throws Exception {
    fixture.plugins.with(
        step("tap", StepSpec.required("tap", Phase.HOST), FINE, GONE),
        step("nat", RULES.after("tap"), FINE, GONE));
    try (Passage passage = fixture.begin()) {
      passage.start(Phase.HOST);
    }
    fixture.plugins.active.removeIf(plugin -> plugin.id().equals("nat"));
    try (Passage passage = fixture.begin()) {
      StopReport report = passage.stop(Phase.HOST);

      assertThat(report.released()).isEqualTo(1);
      assertThat(report.pending())
          .containsExactly(
              new StopReport.Pending(
                  "nat",
                  "nat 1.0.0, step rules",
                  "plugin nat does not run; banger plugin info nat",
                  true));
    }
    assertThat(fixture.row("rules").state()).isEqualTo(State.STARTED);
    assertThat(fixture.history()).contains("stop rules: absent");
  }

  @Test
  void theVersionThatStartedAStepStopsItAndElseTheActiveOneUpgradesTheReceipt() throws Exception {
    Fixture.Plugin old =
        step(
            "nat",
            RULES,
            FINE,
            (_, _) -> {
              calls.add("old");
              return Stopped.released();
            });
    fixture.plugins.with(old);
    try (Passage passage = fixture.begin()) {
      passage.start(Phase.HOST);
    }
    Fixture.Plugin next =
        plugin(
            "nat",
            "2.0.0",
            registrar ->
                registrar.step(RULES.receiptVersion(2), Newer.class, new NewerStep(calls)));
    fixture.plugins.active.set(0, next);
    fixture.plugins.draining.add(old);
    try (Passage passage = fixture.begin()) {
      passage.stop(Phase.HOST);
    }
    assertThat(calls).containsExactly("old");

    fixture.plugins.active.set(0, old);
    try (Passage passage = fixture.begin()) {
      passage.start(Phase.HOST);
    }
    fixture.plugins.active.set(0, next);
    fixture.plugins.draining.clear();
    try (Passage passage = fixture.begin()) {
      passage.stop(Phase.HOST);
    }
    assertThat(calls).contains("new Newer[name=web, port=80]");
  }

  record Newer(String name, int port) {}

  record NewerStep(List<String> calls) implements LifecycleStep<Newer> {
    @Override
    public Started<Newer> start(StepContext<Newer> context) {
      return Started.skipped("not in this test");
    }

    @Override
    public Stopped stop(StepContext<Newer> context, Optional<Newer> receipt) {
      calls.add("new " + receipt.orElseThrow());
      return Stopped.released();
    }

    @Override
    public Newer upgrade(int version, java.util.Map<String, Object> fields) {
      return new Newer((String) fields.get("name"), 80);
    }
  }

  @Test
  void aReceiptThatCannotBeReadDoesNotKeepAStepFromBeingStopped() throws Exception {
    fixture.plugins.with(step("nat", RULES, FINE, GONE));
    try (Passage passage = fixture.begin()) {
      passage.start(Phase.HOST);
      fixture.journal.intend(fixture.row("rules").id(), "{\"nme\":\"web\"}");

      assertThat(passage.stop(Phase.HOST).released()).isEqualTo(1);
    }
    assertThat(fixture.journal.runs().getLast().message())
        .contains("the receipt cannot be read")
        .contains("Mark.name is missing");
  }

  @Test
  void leftoversOfAnEarlierStartAreStoppedFirstAndRefuseTheStartWhenTheyCannot() throws Exception {
    AtomicBoolean stuck = new AtomicBoolean();
    fixture.plugins.with(
        step(
            "nat",
            RULES,
            FINE,
            (_, _) -> {
              if (stuck.get()) {
                throw off("busy");
              }
              return Stopped.released();
            }));
    try (Passage passage = fixture.begin()) {
      passage.start(Phase.HOST);
    }
    try (Passage passage = fixture.begin()) {
      passage.start(Phase.PREPARE);
      assertThat(fixture.history()).endsWith("stop rules: released");
      passage.start(Phase.HOST);
    }
    stuck.set(true);
    try (Passage passage = fixture.begin()) {
      passage.start(Phase.PREPARE);
      assertThatThrownBy(() -> passage.start(Phase.HOST))
          .isInstanceOf(CapabilityException.class)
          .hasMessageContaining("what an earlier start left could not be taken back: busy");
    }
  }

  @Test
  void vmsDoNotWaitForEachOther() throws Exception {
    CyclicBarrier together = new CyclicBarrier(4);
    fixture.plugins.with(
        step(
            "nat",
            RULES,
            context -> {
              try {
                together.await(10, TimeUnit.SECONDS);
              } catch (BrokenBarrierException e) {
                throw new AssertionError(e);
              }
              return Started.ok(new Mark(context.vm().name()));
            },
            GONE));
    List<Throwable> failures = Collections.synchronizedList(new ArrayList<>());
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      StoredVm vm = Fixture.vm("00000000000" + i, "vm" + i);
      threads.add(
          Thread.ofVirtual()
              .start(
                  () -> {
                    try (Passage passage = fixture.begin(vm)) {
                      passage.start(Phase.HOST);
                    } catch (Throwable e) {
                      failures.add(e);
                    }
                  }));
    }
    for (Thread thread : threads) {
      thread.join();
    }

    assertThat(failures).isEmpty();
    assertThat(fixture.journal.open()).hasSize(4);
  }

  @Test
  void aJournalThatCannotBeWrittenKeepsTheStepFromStarting() {
    Journal full =
        new WatchedJournal(
            fixture.journal,
            () -> {},
            () -> {
              throw new CapabilityException(FailureKind.HOST, "the disk is full");
            });
    fixture.plugins.with(
        step(
            "nat",
            EXTRA,
            _ -> {
              calls.add("started");
              return Started.ok(new Mark("x"));
            },
            GONE));
    HookEngine engine =
        new HookEngine(full, fixture.plugins, HookWatcher.NONE, java.time.InstantSource.system());
    try (Passage passage = engine.begin(VM, "op-1", new SilentProgress())) {
      assertThatThrownBy(() -> passage.start(Phase.HOST)).hasMessage("the disk is full");
    }
    assertThat(calls).isEmpty();
  }

  @Test
  void aSlowCallIsToldOf() throws Exception {
    fixture.plugins.with(
        step(
            "git-identity",
            RULES,
            _ -> {
              new CountDownLatch(1).await(1200, TimeUnit.MILLISECONDS);
              return Started.ok(new Mark("x"));
            },
            GONE));
    try (Passage passage = fixture.begin()) {
      passage.start(Phase.HOST);
    }

    assertThat(fixture.progress)
        .satisfiesExactly(
            line -> assertThat(line).isEqualTo("started plugin_git-identity_rules"),
            line -> assertThat(line).matches("done plugin_git-identity_rules took [1-9]\\S* s"));
  }
}
