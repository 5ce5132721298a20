package dev.banger.core.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;

import dev.banger.core.model.VmId;
import dev.banger.core.model.VmPaths;
import dev.banger.core.model.VmRecord;
import dev.banger.core.model.VmState;
import dev.banger.core.vmm.FakeVmmDriver;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReconcilerTest {
  @TempDir Path home;
  private Lab before;

  @BeforeEach
  void openLab() {
    before = new Lab(home);
  }

  private Lab afterDaemonDeath() throws InterruptedException {
    Lab after = before.restarted();
    report = new Reconciler(after.context).run();
    return after;
  }

  private Reconciler.Report report;

  @Test
  void adoptsAVmThatStillRunsWithoutTouchingItsVmm() throws Exception {
    VmRecord vm = before.running("web");
    var pid = before.vms.live(vm.id()).orElseThrow().handles().pid();

    Lab after = afterDaemonDeath();

    assertThat(report.adopted()).isEqualTo(1);
    assertThat(after.vms.live(vm.id()).orElseThrow().handles().pid()).isEqualTo(pid);
    assertThat(after.vms.resolve("web").state()).isEqualTo(new VmState.Running());
    assertThat(after.vms.link(vm, Duration.ofSeconds(5)).isOpen()).isTrue();
  }

  @Test
  void adoptsEvenWhenTheScratchFileIsGone() throws Exception {
    VmRecord vm = before.running("web");
    before.scratch.delete(before.vms.paths(vm));

    Lab after = afterDaemonDeath();

    assertThat(after.vms.live(vm.id())).isPresent();
  }

  @Test
  void noticesTheDeathOfAnAdoptedVmm() throws Exception {
    VmRecord vm = before.running("web");
    Lab after = afterDaemonDeath();

    after.driver.exit(vm.id(), new VmmDriver.VmmExit(false, "killed by signal 9"));

    assertThat(after.eventually(vm.id(), "failed").lastError()).isEqualTo("killed by signal 9");
  }

  @Test
  void marksAVmWhoseVmmDiedMeanwhileAsFailed() throws Exception {
    VmRecord vm = before.running("web");
    before.driver.exit(vm.id(), new VmmDriver.VmmExit(false, "gone"));
    before.eventually(vm.id(), "failed");
    before.store.update(vm);

    Lab after = afterDaemonDeath();

    assertThat(after.vms.resolve("web").state())
        .isEqualTo(new VmState.Failed("its VMM was gone when the daemon started"));
  }

  @Test
  void removesACreateThatWasCutShortSoThatItsNameIsFree() throws Exception {
    before.guests.silent();
    var _ = before.vms.create(before.request("web"));
    before.guests.awaitKnock();
    VmId id = before.store.list().vms().getFirst().id();
    assertThat(before.driver.host().alive()).contains(id);

    Lab after = afterDaemonDeath();

    assertThat(report.removed()).isEqualTo(1);
    assertThat(after.driver.host().alive()).isEmpty();
    assertThat(after.directories.present()).isEmpty();
    assertThat(after.running("web").name()).isEqualTo("web");
  }

  @Test
  void finishesADeleteThatWasCutShort() throws Exception {
    VmRecord vm = before.running("web");
    before.store.update(vm.withState(new VmState.Deleting()));

    Lab after = afterDaemonDeath();

    assertThat(after.store.list().vms()).isEmpty();
    assertThat(after.driver.host().alive()).isEmpty();
    assertThat(after.directories.present()).isEmpty();
  }

  @Test
  void endsAVmThatWasStoppingAsStopped() throws Exception {
    VmRecord vm = before.running("web");
    before.store.update(vm.withState(new VmState.Stopping()));

    Lab after = afterDaemonDeath();

    assertThat(after.vms.resolve("web").state()).isEqualTo(new VmState.Stopped());
    assertThat(after.driver.host().alive()).isEmpty();
  }

  @Test
  void endsAVmThatWasStartingAsFailedAndNotRunning() throws Exception {
    VmRecord vm = before.running("web");
    before.store.update(vm.withState(new VmState.Starting()));

    Lab after = afterDaemonDeath();

    assertThat(after.vms.resolve("web").state()).isInstanceOf(VmState.Failed.class);
    assertThat(after.driver.host().alive()).isEmpty();
  }

  @Test
  void removesDirectoriesAndVmmsThatBelongToNoRecord() throws Exception {
    VmRecord vm = before.running("web");
    VmPaths paths = before.vms.paths(vm);
    before.store.delete(vm.id());

    Lab after = afterDaemonDeath();

    assertThat(after.driver.host().alive()).isEmpty();
    assertThat(paths.dir()).doesNotExist();
    assertThat(paths.runDir()).doesNotExist();
  }

  @Test
  void vmsThatAreDownWithNothingLeftAreNotLookedAtOneByOne() throws Exception {
    for (String name : List.of("a", "b", "c")) {
      Lab.await(before.vms.stop(before.running(name), Optional.empty(), false));
    }
    VmRecord running = before.running("web");

    Lab after = afterDaemonDeath();

    assertThat(after.driver.calls().stream().filter(call -> call.startsWith("observe ")))
        .containsOnly("observe " + running.id());
    assertThat(report.down()).isEqualTo(3);
    Lab.await(after.vms.start(after.vms.resolve("a"), Optional.empty()));
  }

  @Test
  void aStoppedVmWithAPidFileLeftIsLookedAtAndTidied() throws Exception {
    VmRecord vm = before.running("web");
    VmPaths paths = before.vms.paths(vm);
    Lab.await(before.vms.stop(vm, Optional.empty(), false));
    Files.writeString(paths.pidFile(), "4711");

    afterDaemonDeath();

    assertThat(paths.pidFile()).doesNotExist();
  }

  @Test
  void aHostThatCannotBeLookedAtAsAWholeIsLookedAtForEachVm() throws Exception {
    VmRecord vm = before.running("web");
    Lab.await(before.vms.stop(vm, Optional.empty(), false));
    Lab after = before.restarted();
    after.driver.failAlways(
        FakeVmmDriver.Call.TRACES, new IllegalStateException("no /proc in sight"));

    assertThat(new Reconciler(after.context).run().problems()).isEmpty();

    assertThat(after.driver.calls()).contains("observe " + vm.id());
  }

  @Test
  void runningItTwiceChangesNothing() throws Exception {
    VmRecord vm = before.running("web");
    afterDaemonDeath();

    Lab after = afterDaemonDeath();

    assertThat(after.vms.resolve("web").state()).isEqualTo(vm.state());
    assertThat(report.problems()).isEmpty();
  }
}
