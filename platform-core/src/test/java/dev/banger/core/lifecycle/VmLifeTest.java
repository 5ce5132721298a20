package dev.banger.core.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.banger.core.model.BangerException;
import dev.banger.core.model.ErrorKind;
import dev.banger.core.model.VmRecord;
import dev.banger.core.model.VmState;
import dev.banger.core.vmm.FakeVmmDriver;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class VmLifeTest {
  @TempDir Path home;
  private Lab lab;

  @BeforeEach
  void openLab() {
    lab = new Lab(home);
  }

  @AfterEach
  void nothingStaysLocked() throws InterruptedException {
    // A VMM's exit is noted on a thread of its own, which may still be at it.
    long end = System.nanoTime() + Lab.PATIENCE.toNanos();
    while (lab.context.locks().inUse() > 0 && System.nanoTime() < end) {
      Thread.sleep(2);
    }
    assertThat(lab.context.locks().inUse()).isZero();
  }

  private void assertNothingIsLeft() {
    assertThat(lab.store.list().vms()).isEmpty();
    assertThat(lab.driver.host().alive()).isEmpty();
    assertThat(lab.directories.present()).isEmpty();
    assertThat(lab.guests.openLinks()).isZero();
  }

  @Test
  void createBootsTheVmAndTellsTheGuestWhoItIs() {
    VmRecord vm = lab.running("web");

    assertThat(vm.state()).isEqualTo(new VmState.Running());
    assertThat(vm.provisional()).isFalse();
    assertThat(vm.startedAt()).isPresent();
    assertThat(lab.guests.bootstrapOf(vm.id()).hostname()).isEqualTo("web");
    assertThat(lab.store.find(vm.id())).contains(vm);
  }

  @Test
  void whatADriverPreparesIsToldBeforeTheBoot() {
    lab.driver.prepareWith("probe_something");
    Operation create = lab.vms.create(lab.request("web"));
    Lab.await(create);

    assertThat(create.view().stages())
        .extracting(stage -> stage.stage() + " " + stage.status())
        .containsSubsequence(
            "prepare_files done",
            "probe_something started",
            "probe_something done",
            "boot_vmm started");
  }

  @Test
  void aFullDiskOfTheDatabaseDoesNotHideWhatFailedFirst() {
    lab.disks.failure = new BangerException(ErrorKind.HOST, "no space left for the root disk");
    lab.store.full = new BangerException(ErrorKind.HOST, "no space is left for the database");

    BangerException failure =
        catchThrowableOfType(
            BangerException.class, () -> Lab.await(lab.vms.create(lab.request("web"))));

    assertThat(failure).hasMessageStartingWith("no space left for the root disk");
    assertThat(failure.details())
        .contains(
            "not undone: the record: no space is left for the database",
            "not noted either: no space is left for the database");
    assertThat(lab.directories.present()).isEmpty();
    // What could not be removed is marked as unfinished: the next daemon sweeps it.
    assertThat(lab.store.list().vms()).allMatch(VmRecord::provisional);
  }

  @Test
  void aDiskThatFillsUpWhenTheHandlesAreWrittenLeavesNothing() {
    lab.scratch.full = new BangerException(ErrorKind.HOST, "cannot write handles.json");

    assertThatThrownBy(() -> Lab.await(lab.vms.create(lab.request("web"))))
        .hasMessageContaining("cannot write handles.json")
        .hasMessageContaining("removed again");
    assertNothingIsLeft();
  }

  @Test
  void createWithoutStartMakesTheDisksAndNothingRuns() {
    CreateRequest wanted = lab.request("web");
    VmOutcome outcome =
        (VmOutcome)
            Lab.await(
                lab.vms.create(
                    new CreateRequest(wanted.spec(), false, false, wanted.startTimeout())));

    assertThat(outcome.vm().state()).isEqualTo(new VmState.Stopped());
    assertThat(lab.driver.host().alive()).isEmpty();
    assertThat(lab.vms.paths(outcome.vm()).rootDisk()).exists();
  }

  @Test
  void aRootDiskThatTheHostCannotMakeIsRefusedBeforeAnythingIsStored() {
    lab.disks.refusal = new BangerException(ErrorKind.UNAVAILABLE, "ext4 cannot share blocks");
    CreateRequest wanted = lab.request("web");

    for (boolean start : List.of(true, false)) {
      assertThatThrownBy(
              () ->
                  lab.vms.create(
                      new CreateRequest(wanted.spec(), start, false, wanted.startTimeout())))
          .hasMessage("ext4 cannot share blocks");
    }
    assertThat(lab.store.list().vms()).isEmpty();
    assertNothingIsLeft();
  }

  @Test
  void createThatCannotLaunchLeavesNothingAndSaysSo() {
    lab.driver.failNext(
        FakeVmmDriver.Call.LAUNCH, new BangerException(ErrorKind.HOST, "qemu: no such machine"));

    assertThatThrownBy(() -> lab.running("web"))
        .hasMessageContaining("qemu: no such machine")
        .hasMessageContaining("the VM was removed again");
    assertNothingIsLeft();
    assertThat(lab.running("web").name()).isEqualTo("web");
  }

  @Test
  void createOnAFullDiskLeavesNothing() {
    lab.disks.failure = new BangerException(ErrorKind.HOST, "no space left on device");

    assertThatThrownBy(() -> lab.running("web")).hasMessageContaining("no space left");
    assertNothingIsLeft();
  }

  @Test
  void createWithASilentAgentFailsWithTheConsoleAndLeavesNothing() {
    lab.guests.silent();
    CreateRequest wanted = lab.request("web");

    BangerException error =
        catchThrowableOfType(
            BangerException.class,
            () ->
                Lab.await(
                    lab.vms.create(
                        new CreateRequest(wanted.spec(), true, false, Duration.ofMillis(200)))));

    assertThat(error.kind()).isEqualTo(ErrorKind.TIMEOUT);
    assertThat(error.details()).anyMatch(line -> line.startsWith("console, last lines"));
    assertNothingIsLeft();
  }

  @Test
  void aGuestThatHangsAtItsFirstBootIsBootedOnceMore() {
    lab.guests.silentOnce();
    CreateRequest wanted = lab.request("web");
    Operation create =
        lab.vms.create(new CreateRequest(wanted.spec(), true, false, Duration.ofMillis(400)));

    VmRecord vm = ((VmOutcome) Lab.await(create)).vm();

    assertThat(vm.state()).isEqualTo(new VmState.Running());
    assertThat(lab.driver.host().alive()).containsExactly(vm.id());
    assertThat(create.view().stages())
        .anyMatch(stage -> stage.message().contains("booted once more"));
  }

  @Test
  void createWhoseVmmDiesFirstSaysHowItDied() throws Exception {
    lab.guests.silent();
    Operation create = lab.vms.create(lab.request("web"));
    lab.guests.awaitKnock();
    lab.driver.exit(
        lab.store.list().vms().getFirst().id(), new VmmDriver.VmmExit(false, "killed by signal 9"));

    assertThatThrownBy(() -> Lab.await(create))
        .hasMessageContaining("went down before its agent answered: killed by signal 9");
    assertNothingIsLeft();
  }

  @Test
  void createCanKeepAFailedVmForALook() {
    lab.guests.silent();
    CreateRequest wanted = lab.request("web");

    assertThatThrownBy(
            () ->
                Lab.await(
                    lab.vms.create(
                        new CreateRequest(wanted.spec(), true, true, Duration.ofMillis(200)))))
        .hasMessageContaining("was kept");

    VmRecord kept = lab.vms.resolve("web");
    assertThat(kept.state()).isInstanceOf(VmState.Failed.class);
    assertThat(kept.provisional()).isFalse();
    assertThat(lab.driver.host().alive()).isEmpty();
  }

  @Test
  void cancellingACreateUndoesIt() throws Exception {
    lab.guests.silent();
    Operation create = lab.vms.create(lab.request("web"));
    lab.guests.awaitKnock();

    create.cancel();

    assertThatThrownBy(() -> Lab.await(create)).hasMessageContaining("was cancelled");
    assertThat(create.view().state()).isEqualTo(Operation.State.CANCELLED);
    assertNothingIsLeft();
  }

  @Test
  void aNameInUseIsRefusedAndTheFirstOneIsUntouched() {
    VmRecord first = lab.running("web");

    assertThatThrownBy(() -> lab.vms.create(lab.request("web")))
        .hasMessageContaining("\"web\" exists already");
    assertThat(lab.store.find(first.id())).contains(first);
  }

  @Test
  void startAndStopOfAVmAlreadyThereSucceedAndSaySo() {
    VmRecord vm = lab.running("web");

    assertThat(((VmOutcome) Lab.await(lab.vms.start(vm, Optional.empty()))).note())
        .isEqualTo("already running");
    Lab.await(lab.vms.stop(vm, Optional.empty(), false));
    assertThat(((VmOutcome) Lab.await(lab.vms.stop(vm, Optional.empty(), false))).note())
        .isEqualTo("already stopped");
  }

  @Test
  void stopAsksTheAgentAndTheVmCanBeStartedAgain() {
    VmRecord vm = lab.running("web");

    VmOutcome stopped = (VmOutcome) Lab.await(lab.vms.stop(vm, Optional.empty(), false));

    assertThat(stopped.note()).isEmpty();
    assertThat(stopped.vm().state()).isEqualTo(new VmState.Stopped());
    assertThat(lab.driver.host().alive()).isEmpty();
    VmOutcome again = (VmOutcome) Lab.await(lab.vms.start(stopped.vm(), Optional.empty()));
    assertThat(again.vm().state()).isEqualTo(new VmState.Running());
  }

  @Test
  void stopPressesThePowerButtonWhenTheAgentWillNot() {
    VmRecord vm = lab.running("web");
    lab.guests.refusesShutdown();

    VmOutcome stopped = (VmOutcome) Lab.await(lab.vms.stop(vm, Optional.empty(), false));

    assertThat(stopped.note()).isEmpty();
    assertThat(lab.driver.host().alive()).isEmpty();
  }

  @Test
  void stopForcesAGuestThatIgnoresEverything() {
    VmRecord vm = lab.running("web");
    lab.guests.onShutdown(_ -> {});

    VmOutcome stopped =
        (VmOutcome) Lab.await(lab.vms.stop(vm, Optional.of(Duration.ofMillis(100)), false));

    assertThat(stopped.note()).startsWith("forced: the guest ignored shutdown");
    assertThat(lab.driver.host().alive()).isEmpty();
  }

  @Test
  void stopDoesNotWaitForABootThatHangs() throws Exception {
    VmRecord vm = lab.running("web");
    Lab.await(lab.vms.stop(vm, Optional.empty(), false));
    lab.guests.silent();
    Operation start = lab.vms.start(vm, Optional.empty());
    lab.guests.awaitKnock();

    Lab.await(lab.vms.stop(vm, Optional.empty(), false));

    assertThatThrownBy(() -> Lab.await(start)).hasMessageContaining("cancelled");
    assertThat(lab.driver.host().alive()).isEmpty();
  }

  @Test
  void aStopThatCannotKillLeavesTheVmPendingAndRepairMendsIt() {
    VmRecord vm = lab.running("web");
    lab.driver.failAlways(
        FakeVmmDriver.Call.KILL, new BangerException(ErrorKind.HOST, "the VMM will not die"));

    assertThatThrownBy(() -> Lab.await(lab.vms.stop(vm, Optional.empty(), true)))
        .hasMessageContaining("will not die");
    assertThat(lab.vms.resolve("web").state())
        .isEqualTo(new VmState.CleanupPending("the VMM will not die"));
    assertThatThrownBy(() -> Lab.await(lab.vms.start(vm, Optional.empty())))
        .hasMessageContaining("is cleanupPending and cannot be started");

    lab.driver.heal(FakeVmmDriver.Call.KILL);
    Lab.await(lab.vms.repair(vm));
    assertThat(lab.vms.resolve("web").state()).isEqualTo(new VmState.Stopped());
  }

  @Test
  void aVmmThatDiesByItselfMakesTheVmFailedWithTheCause() throws Exception {
    VmRecord vm = lab.running("web");

    lab.driver.exit(vm.id(), new VmmDriver.VmmExit(false, "killed by signal 9"));

    VmRecord failed = lab.eventually(vm.id(), "failed");
    assertThat(failed.state()).isEqualTo(new VmState.Failed("killed by signal 9"));
    assertThat(failed.lastError()).isEqualTo("killed by signal 9");
    Lab.await(lab.vms.start(failed, Optional.empty()));
    assertThat(lab.vms.resolve("web").state()).isEqualTo(new VmState.Running());
  }

  @Test
  void anExitThatCannotBeWrittenDownIsWrittenDownWhenItCan() throws Exception {
    VmRecord vm = lab.running("web");
    lab.store.full = new BangerException(ErrorKind.HOST, "the database is locked");

    lab.driver.exit(vm.id(), new VmmDriver.VmmExit(false, "killed by signal 9"));
    long patience = System.nanoTime() + Lab.PATIENCE.toNanos();
    while (lab.store.refused.get() == 0 && System.nanoTime() < patience) {
      Thread.sleep(2);
    }
    lab.store.full = null;

    assertThat(lab.eventually(vm.id(), "failed").lastError()).isEqualTo("killed by signal 9");
  }

  @Test
  void aGuestThatPowersOffByItselfIsStoppedNotFailed() throws Exception {
    VmRecord vm = lab.running("web");

    lab.driver.exit(vm.id(), new VmmDriver.VmmExit(true, "the guest powered off"));

    lab.eventually(vm.id(), "stopped");
  }

  @Test
  void deleteRemovesARunningVmAndASecondDeleteSucceeds() {
    VmRecord vm = lab.running("web");

    Lab.await(lab.vms.delete(vm));
    Lab.await(lab.vms.delete(vm));

    assertNothingIsLeft();
    assertThat(lab.hooks.removed).contains(vm.id());
  }

  @Test
  void requestsOnOneVmRunOneAfterTheOtherAndOnOthersMeanwhile() throws Exception {
    VmRecord slow = lab.running("slow");
    VmRecord quick = lab.running("quick");
    FakeVmmDriver.Hang hang = lab.driver.hangNext(FakeVmmDriver.Call.KILL);
    Operation stopping = lab.vms.stop(slow, Optional.empty(), true);
    hang.awaitEntered();
    AtomicReference<Object> order = new AtomicReference<>();
    Operation starting = lab.vms.start(slow, Optional.empty());
    var _ = starting.result().thenAccept(_ -> order.compareAndSet(null, "start"));

    Lab.await(lab.vms.stop(quick, Optional.empty(), true));

    assertThat(order.get()).isNull();
    List<String> said = Collections.synchronizedList(new ArrayList<>());
    starting.watch((_, stage) -> said.add(stage.stage()));
    long patience = System.nanoTime() + Lab.PATIENCE.toNanos();
    while (!said.contains("wait_turn") && System.nanoTime() < patience) {
      Thread.sleep(2);
    }
    assertThat(said).contains("wait_turn");
    hang.release();
    Lab.await(stopping);
    Lab.await(starting);
    assertThat(lab.vms.resolve("slow").state()).isEqualTo(new VmState.Running());
  }

  @Test
  void twentyCreatesAtOnceAllComeUpOnTheirOwnAddresses() {
    List<Operation> creates =
        IntStream.range(0, 20).mapToObj(i -> lab.vms.create(lab.request("vm" + i))).toList();

    List<String> addresses =
        creates.stream().map(op -> ((VmOutcome) Lab.await(op)).vm().address()).toList();

    assertThat(addresses).doesNotHaveDuplicates().hasSize(20);
  }

  @Test
  void watchersSeeAllStagesFromTheBeginning() {
    Operation create = lab.vms.create(lab.request("web"));
    Lab.await(create);
    List<String> seen = new ArrayList<>();

    create.watch((_, stage) -> seen.add(stage.stage() + " " + stage.status()));

    assertThat(seen)
        .containsSubsequence(
            "prepare_disks started",
            "prepare_disks done",
            "boot_vmm done",
            "wait_guest_agent done",
            "ready done");
    assertThat(lab.operations.show(create.id()).kind()).isEqualTo("vm.create");
  }

  @Test
  void leftoverFilesOfARunDirectoryDoNotKeepAVmFromStarting() throws Exception {
    VmRecord vm = lab.running("web");
    Lab.await(lab.vms.stop(vm, Optional.empty(), false));
    Files.delete(lab.vms.paths(vm).runDir());

    Lab.await(lab.vms.start(vm, Optional.empty()));

    assertThat(lab.vms.resolve("web").state()).isEqualTo(new VmState.Running());
  }
}
