package dev.banger.hooks;

import static dev.banger.hooks.Fixture.plugin;
import static org.assertj.core.api.Assertions.assertThat;

import dev.banger.api.CapabilityException;
import dev.banger.api.FailureKind;
import dev.banger.api.LifecycleStep;
import dev.banger.api.Observed;
import dev.banger.api.Phase;
import dev.banger.api.Started;
import dev.banger.api.StepContext;
import dev.banger.api.StepSpec;
import dev.banger.api.Stopped;
import dev.banger.hooks.Fixture.Mark;
import dev.banger.hooks.JournalRow.State;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class RecoveryTest {
  private final Fixture fixture = new Fixture();
  private final List<String> calls = new ArrayList<>();

  /** What a step answers, to be set. */
  private final class Scripted implements LifecycleStep<Mark> {
    private final String name;
    private Observed<Mark> seen = new Observed.Unknown<>();
    private String failing = "";

    Scripted(String name) {
      this.name = name;
    }

    @Override
    public Started<Mark> start(StepContext<Mark> context) {
      fail("start");
      calls.add("start " + name);
      return Started.ok(new Mark("made"));
    }

    @Override
    public Stopped stop(StepContext<Mark> context, Optional<Mark> receipt) {
      fail("stop");
      calls.add("stop " + name + " " + receipt.map(Mark::name).orElse("-"));
      return Stopped.released();
    }

    @Override
    public Observed<Mark> observe(StepContext<Mark> context, Optional<Mark> receipt) {
      fail("observe");
      return seen;
    }

    private void fail(String method) {
      if (failing.contains(method)) {
        throw new CapabilityException(FailureKind.HOST, method + " is off");
      }
    }
  }

  private final Scripted tap = new Scripted("tap");
  private final Scripted rules = new Scripted("rules");
  private final Scripted zone = new Scripted("zone");

  private void running() throws InterruptedException {
    fixture.plugins.with(
        plugin("tap", r -> r.step(StepSpec.required("tap", Phase.HOST), Mark.class, tap)),
        plugin(
            "nat",
            r -> r.step(StepSpec.required("rules", Phase.HOST).after("tap"), Mark.class, rules)),
        plugin("dns", r -> r.step(StepSpec.required("zone", Phase.GUEST), Mark.class, zone)));
    try (Passage passage = fixture.begin()) {
      passage.start(Phase.HOST);
      passage.start(Phase.GUEST);
    }
    calls.clear();
  }

  private List<String> recover() throws InterruptedException {
    try (Passage passage = fixture.begin()) {
      return passage.recover();
    }
  }

  @Test
  void whatIsPresentOrCannotBeToldIsAdoptedWithoutAWord() throws Exception {
    running();
    tap.seen = Observed.present(new Mark("seen"));

    assertThat(recover()).isEmpty();
    assertThat(calls).isEmpty();
    assertThat(fixture.row("tap").receiptJson()).contains("{\"name\":\"seen\"}");
    assertThat(fixture.row("rules").receiptJson()).contains("{\"name\":\"made\"}");
  }

  @Test
  void whatIsGoneIsMadeAgainTogetherWithWhatComesAfterIt() throws Exception {
    running();
    tap.seen = Observed.gone();
    rules.seen = Observed.present(new Mark("made"));

    assertThat(recover())
        .containsExactly(
            "tap 1.0.0, step tap: was gone, started again",
            "nat 1.0.0, step rules: comes after step tap/tap, started again");
    assertThat(calls)
        .containsExactly("stop rules made", "stop tap made", "start tap", "start rules");
    assertThat(fixture.journal.open()).allMatch(row -> row.state() == State.STARTED);
  }

  @Test
  void aDriftedStepIsStoppedWithTheReceiptItNamed() throws Exception {
    running();
    rules.seen = Observed.drifted(new Mark("drifted"), "a rule is missing");

    assertThat(recover())
        .containsExactly(
            "nat 1.0.0, step rules: was not as it should be: a rule is missing, started again");
    assertThat(calls).containsExactly("stop rules drifted", "start rules");
  }

  @Test
  void oneThatCannotBeBroughtBackLeavesTheVmDegradedAndIsTriedAtTheNextRepair() throws Exception {
    running();
    zone.seen = Observed.gone();
    zone.failing = "start";

    assertThat(recover())
        .containsExactly("dns 1.0.0, step zone: was gone, and is not right yet: start is off");
    assertThat(fixture.row("zone").state()).isEqualTo(State.FAILED);
    assertThat(fixture.row("zone").reason()).isEqualTo("start is off");

    zone.failing = "";
    zone.seen = new Observed.Unknown<>();
    assertThat(recover()).containsExactly("dns 1.0.0, step zone: had failed, started again");
    assertThat(fixture.row("zone").reason()).isEmpty();
  }

  @Test
  void oneThatCannotBeStoppedIsKeptAndNotStartedTwice() throws Exception {
    running();
    rules.seen = Observed.gone();
    tap.seen = Observed.gone();
    rules.failing = "stop";

    assertThat(recover())
        .containsExactly(
            "nat 1.0.0, step rules: stop is off",
            "tap 1.0.0, step tap: kept for nat 1.0.0, step rules");
    assertThat(calls).isEmpty();
    assertThat(fixture.row("rules").state()).isEqualTo(State.STOP_FAILED);
    assertThat(fixture.row("tap").state()).isEqualTo(State.STARTED);

    rules.failing = "";
    tap.seen = new Observed.Unknown<>();
    assertThat(recover())
        .containsExactly("nat 1.0.0, step rules: could not be stopped, started again");
  }

  @Test
  void oneThatCannotBeLookedAtIsBelieved() throws Exception {
    running();
    tap.failing = "observe";

    assertThat(recover())
        .containsExactly(
            "tap 1.0.0, step tap: believed to be there; looking failed: observe is off");
    assertThat(calls).isEmpty();
    assertThat(fixture.row("tap").state()).isEqualTo(State.STARTED);
  }

  @Test
  void aPluginThatIsNotThereIsLeftAlone() throws Exception {
    running();
    fixture.plugins.active.removeIf(plugin -> plugin.id().equals("nat"));

    assertThat(recover())
        .containsExactly("nat 1.0.0, step rules: its plugin does not run, nothing was done");
    assertThat(fixture.row("rules").state()).isEqualTo(State.STARTED);
  }

  @Test
  void aDrainingPluginTakesBackWhatIsGoneAndDoesNotStartItAgain() throws Exception {
    running();
    Participant nat =
        fixture.plugins.active.stream().filter(p -> p.id().equals("nat")).findFirst().orElseThrow();
    fixture.plugins.active.remove(nat);
    fixture.plugins.draining.add(nat);
    rules.seen = Observed.gone();

    assertThat(recover())
        .containsExactly(
            "nat 1.0.0, step rules: was gone, and not started again, as its plugin is not active");
    assertThat(fixture.journal.open()).hasSize(2);
  }

  @Test
  void aStepRemadeInARecoveryIsStillStoppedAfterWhatComesAfterIt() throws Exception {
    running();
    JournalRow row = fixture.row("tap");
    fixture.journal.close(row.id(), Optional.empty());
    fixture.journal.begin(row);
    assertThat(fixture.row("tap").id()).isGreaterThan(fixture.row("rules").id());

    try (Passage passage = fixture.begin()) {
      passage.stop(Phase.HOST);
    }
    assertThat(calls).containsExactly("stop rules made", "stop tap made");
  }
}
