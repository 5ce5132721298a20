package dev.banger.core.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.banger.core.lifecycle.Extensions.Phase;
import dev.banger.core.model.BangerException;
import dev.banger.core.model.VmId;
import dev.banger.core.model.VmRecord;
import dev.banger.core.model.VmState;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** When steps run, and what becomes of a VM when they fail. */
class HooksInLifeTest {
  @TempDir Path home;
  private Lab lab;

  @BeforeEach
  void openLab() {
    lab = new Lab(home);
    lab.upkeep.start(lab.vms.chores());
  }

  @AfterEach
  void closeUpkeep() {
    lab.upkeep.close();
  }

  private void stop(VmRecord vm) {
    Lab.await(lab.vms.stop(vm, Optional.of(Duration.ofMillis(300)), false));
  }

  @Test
  void aStartGoesThroughThePhasesAndAStopGoesBack() {
    VmRecord vm = lab.running("web");
    assertThat(lab.hooks.calls)
        .containsExactly("start PREPARE", "additions", "start HOST", "start GUEST");
    lab.hooks.calls.clear();

    stop(vm);

    assertThat(lab.hooks.calls).containsExactly("stop GUEST", "stop HOST", "stop PREPARE");
    assertThat(lab.hooks.events).containsExactly("STARTED web", "CREATED web", "STOPPED web");
  }

  @Test
  void guestStepsWaitForHostStepsAlsoWhenTheGuestIsQuicker() throws Exception {
    lab.hooks.hostMayStart = new CountDownLatch(1);
    Operation create = lab.vms.create(lab.request("web"));
    lab.guests.awaitBootstrapped();
    assertThat(lab.hooks.calls).doesNotContain("start GUEST");

    lab.hooks.hostMayStart.countDown();

    Lab.await(create);
    assertThat(lab.hooks.calls).endsWith("start HOST", "start GUEST");
  }

  @ParameterizedTest
  @EnumSource(Phase.class)
  void aCreateWhoseStepFailsUndoesThatStepAndAllBeforeItAndLeavesNothing(Phase phase) {
    String begun =
        switch (phase) {
          case PREPARE -> "1 step";
          case HOST -> "2 steps";
          case GUEST -> "3 steps";
        };
    lab.hooks.failingStarts.add(phase);

    assertThatThrownBy(() -> lab.running("web"))
        .isInstanceOf(BangerException.class)
        .hasMessageContaining("step of " + phase + " failed")
        .hasMessageContaining("; " + begun + " undone")
        .hasMessageContaining("the VM was removed again");

    assertThat(lab.hooks.holdsNothing()).isTrue();
    assertThat(lab.vms.list()).isEmpty();
    assertThat(lab.driver.host().alive()).isEmpty();
    assertThat(lab.directories.present()).isEmpty();
    assertThat(lab.hooks.events).containsExactly("FAILED web");
  }

  @ParameterizedTest
  @EnumSource(Phase.class)
  void aStartWhoseStepFailsLeavesTheVmDownAndReadyForAnotherStart(Phase phase) {
    VmRecord vm = lab.running("web");
    stop(vm);
    lab.hooks.failingStarts.add(phase);

    assertThatThrownBy(() -> Lab.await(lab.vms.start(lab.vms.resolve("web"), Optional.empty())))
        .hasMessageContaining("step of " + phase + " failed");

    assertThat(lab.hooks.holdsNothing()).isTrue();
    assertThat(lab.vms.resolve("web").state()).isInstanceOf(VmState.Failed.class);
    lab.hooks.failingStarts.clear();
    Lab.await(lab.vms.start(lab.vms.resolve("web"), Optional.empty()));
    assertThat(lab.vms.resolve("web").state()).isEqualTo(new VmState.Running());
  }

  @Test
  void cancellingACreateDuringAStepUndoesIt() throws Exception {
    lab.hooks.hostMayStart = new CountDownLatch(1);
    Operation create = lab.vms.create(lab.request("web"));
    lab.guests.awaitBootstrapped();

    create.cancel();

    assertThatThrownBy(() -> Lab.await(create)).hasMessageContaining("cancelled");
    assertThat(lab.hooks.holdsNothing()).isTrue();
    assertThat(lab.driver.host().alive()).isEmpty();
  }

  @Test
  void whatPluginsObjectToIsToldAllAtOnceBeforeAnythingIsMade() {
    lab.hooks.problems.addAll(List.of("no label team", "memory above 1 GiB"));

    assertThatThrownBy(() -> lab.running("web"))
        .hasMessageContaining("for 2 reasons")
        .satisfies(
            e ->
                assertThat(((BangerException) e).details())
                    .containsExactly("no label team", "memory above 1 GiB"));

    assertThat(lab.hooks.calls).isEmpty();
    assertThat(lab.vms.list()).isEmpty();
    assertThat(lab.directories.present()).isEmpty();
  }

  @Test
  void aStepThatCannotBeStoppedLeavesTheVmDownAndIsTriedAgainByItself() throws Exception {
    VmRecord vm = lab.running("web");
    lab.hooks.failingStops.put(Phase.HOST, 2);

    assertThatThrownBy(() -> stop(vm))
        .hasMessageContaining("is down, but not all was taken back: step of HOST is stuck")
        .satisfies(e -> assertThat(((BangerException) e).hint()).contains("banger vm repair web"));

    assertThat(lab.driver.host().alive()).isEmpty();
    assertThat(lab.hooks.heldFor(vm)).containsExactly(Phase.HOST);
    lab.eventually(vm.id(), "stopped");
    assertThat(lab.hooks.holdsNothing()).isTrue();
  }

  @Test
  void repairTriesAtOnceWhatCouldNotBeStopped() {
    VmRecord vm = lab.running("web");
    lab.hooks.failingStops.put(Phase.PREPARE, 1);
    assertThatThrownBy(() -> stop(vm)).isInstanceOf(BangerException.class);

    Lab.await(lab.vms.repair(lab.vms.resolve("web")));

    assertThat(lab.vms.resolve("web").state()).isEqualTo(new VmState.Stopped());
    assertThat(lab.hooks.holdsNothing()).isTrue();
  }

  @Test
  void deleteRemovesAVmWhoseStepCannotBeStoppedAndTheRestIsTriedAgain() throws Exception {
    VmRecord vm = lab.running("web");
    lab.hooks.failingStops.put(Phase.HOST, 2);

    VmOutcome deleted = (VmOutcome) Lab.await(lab.vms.delete(vm));

    assertThat(deleted.note()).contains("left behind").contains("step of HOST is stuck");
    assertThat(lab.vms.list()).isEmpty();
    assertThat(lab.directories.present()).isEmpty();
    assertThat(lab.hooks.removed).containsExactly(vm.id());
    for (int i = 0; i < 1000 && !lab.hooks.holdsNothing(); i++) {
      Thread.sleep(10);
    }
    assertThat(lab.hooks.holdsNothing()).isTrue();
  }

  @Test
  void aVmThatDiesByItselfHasItsStepsStopped() throws Exception {
    VmRecord vm = lab.running("web");

    lab.driver.exit(vm.id(), new VmmDriver.VmmExit(false, "killed by signal 9"));

    lab.eventually(vm.id(), "failed");
    assertThat(lab.hooks.calls).endsWith("stop GUEST", "stop HOST", "stop PREPARE");
    assertThat(lab.hooks.events).contains("CRASHED web");
  }

  @Test
  void afterARestartOfTheDaemonARunningVmsStepsAreLookedAtAndADeadOnesAreStopped()
      throws Exception {
    VmRecord alive = lab.running("alive");
    VmRecord dead = lab.running("dead");
    lab.driver.exit(dead.id(), new VmmDriver.VmmExit(false, "gone"));
    lab.eventually(dead.id(), "failed");
    lab.store.update(dead);
    lab.hooks.visit(dead, "", Progress.NONE).start(Phase.HOST);
    lab.hooks.calls.clear();

    Lab after = lab.restarted();
    new Reconciler(after.context).run();

    assertThat(after.hooks.calls).containsExactlyInAnyOrder("recover", "stop HOST");
    assertThat(after.hooks.heldFor(alive)).hasSize(3);
    assertThat(after.hooks.heldFor(dead)).isEmpty();
    after.upkeep.close();
  }

  @Test
  void aKeptFailedVmHoldsNoSteps() {
    lab.hooks.failingStarts.add(Phase.GUEST);
    CreateRequest asked = lab.request("web");
    CreateRequest keep = new CreateRequest(asked.spec(), true, true, asked.startTimeout());

    assertThatThrownBy(() -> Lab.await(lab.vms.create(keep))).hasMessageContaining("was kept");

    assertThat(lab.hooks.holdsNothing()).isTrue();
    assertThat(lab.vms.resolve("web").state()).isInstanceOf(VmState.Failed.class);
  }

  @Test
  void whatPluginsMissOfARunningVmIsBroughtBackAndTheyAreAskedAgainAfterEachVm() throws Exception {
    lab.vms.chores().look();
    assertThat(lab.hooks.calls).as("where no VM runs").isEmpty();
    VmRecord web = lab.running("web");
    VmRecord db = lab.running("db");
    VmId stranger = VmId.random();
    lab.hooks.calls.clear();

    lab.vms.chores().look();
    assertThat(lab.hooks.calls).containsExactly("drifted");
    lab.hooks.calls.clear();

    // The repair of the one brings back what all share.
    lab.hooks.drifted =
        () -> lab.hooks.calls.contains("recover") ? Set.of() : Set.of(web.id(), db.id(), stranger);
    lab.vms.chores().look();
    assertThat(lab.hooks.calls).containsExactly("drifted", "recover", "drifted");
    lab.hooks.calls.clear();

    // What cannot be brought back is tried once for each VM.
    lab.hooks.drifted = () -> Set.of(web.id(), db.id(), stranger);
    lab.vms.chores().look();
    assertThat(lab.hooks.calls)
        .containsExactly("drifted", "recover", "drifted", "recover", "drifted");
  }

  @Test
  void aVmWithWhichSomethingIsDoneIsLeftForTheNextTime() throws Exception {
    VmRecord web = lab.running("web");
    lab.hooks.drifted = () -> Set.of(web.id());
    lab.hooks.calls.clear();

    lab.vms.locked(
        web,
        Duration.ofSeconds(30),
        () -> {
          lab.vms.chores().look();
          return null;
        });

    assertThat(lab.hooks.calls).containsExactly("drifted");
    assertThat(lab.context.locks().inUse()).isZero();
    lab.vms.chores().look();
    assertThat(lab.hooks.calls).contains("recover");
    assertThat(lab.context.locks().inUse()).isZero();
  }

  @Test
  void runningVmsAreLookedAtAgainAndAgain() throws Exception {
    VmRecord web = lab.running("web");
    CountDownLatch looks = new CountDownLatch(3);
    lab.hooks.drifted =
        () -> {
          looks.countDown();
          return Set.of(web.id());
        };

    try (Upkeep often = new Upkeep(Duration.ofMillis(1))) {
      often.start(lab.vms.chores());
      assertThat(looks.await(30, TimeUnit.SECONDS)).isTrue();
    }
  }
}
