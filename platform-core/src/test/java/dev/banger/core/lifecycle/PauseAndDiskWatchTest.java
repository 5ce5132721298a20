package dev.banger.core.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.banger.core.lifecycle.DiskProvisioner.Pressure;
import dev.banger.core.model.BangerException;
import dev.banger.core.model.ErrorKind;
import dev.banger.core.model.VmRecord;
import dev.banger.core.model.VmState;
import dev.banger.core.vmm.FakeVmmDriver;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PauseAndDiskWatchTest {
  @TempDir Path home;
  private Lab lab;
  private VmRecord vm;
  private DiskWatch watch;

  @BeforeEach
  void aRunningVm() {
    lab = new Lab(home);
    vm = lab.running("web");
    watch = new DiskWatch(lab.context);
  }

  private static BangerException cannot() {
    return new BangerException(ErrorKind.UNAVAILABLE, "this VMM cannot");
  }

  private String paused() {
    return lab.context.live().get(vm.id()).orElseThrow().paused();
  }

  private void diskIs(int percent) throws InterruptedException {
    lab.disks.pressures.put(vm.id(), new Pressure(percent, false, "free space"));
    assertThat(watch.look()).isEqualTo(percent);
  }

  private VmState state() {
    return lab.store.find(vm.id()).orElseThrow().state();
  }

  @Test
  void a_paused_vm_refuses_at_once_what_its_agent_would_have_to_do() {
    Lab.await(lab.vms.pause(vm));

    assertThatThrownBy(() -> lab.vms.link(vm, Duration.ofSeconds(20)))
        .hasMessage("vm \"web\" is paused: somebody asked for it");
    assertThat(((VmOutcome) Lab.await(lab.vms.pause(vm))).note()).startsWith("already paused");
    assertThat(((VmOutcome) Lab.await(lab.vms.start(vm, Optional.empty()))).note())
        .contains("banger vm resume web");

    Lab.await(lab.vms.resume(vm));
    assertThat(paused()).isEmpty();
    assertThat(((VmOutcome) Lab.await(lab.vms.resume(vm))).note()).isEqualTo("not paused");
  }

  @Test
  void a_vm_that_goes_on_is_told_what_time_it_is() {
    Lab.await(lab.vms.pause(vm));
    assertThat(lab.guests.clockOf(vm.id())).isEmpty();

    Lab.await(lab.vms.resume(vm));

    assertThat(lab.guests.clockOf(vm.id())).isPresent();
  }

  @Test
  void a_paused_vm_goes_on_so_that_it_can_shut_down() {
    Lab.await(lab.vms.pause(vm));

    Lab.await(lab.vms.stop(vm, Optional.empty(), false));

    assertThat(lab.driver.calls()).contains("resume " + vm.id());
    assertThat(state()).isEqualTo(new VmState.Stopped());
  }

  @Test
  void a_paused_vm_that_cannot_go_on_is_forced() {
    Lab.await(lab.vms.pause(vm));
    lab.driver.failAlways(FakeVmmDriver.Call.RESUME, cannot());

    Lab.await(lab.vms.stop(vm, Optional.empty(), false));

    assertThat(state()).isEqualTo(new VmState.Stopped());
    assertThat(lab.driver.host().alive()).isEmpty();
  }

  @Test
  void only_a_running_vm_can_be_paused() {
    Lab.await(lab.vms.stop(vm, Optional.empty(), false));

    assertThatThrownBy(() -> Lab.await(lab.vms.pause(vm)))
        .hasMessage("cannot pause vm \"web\": it is stopped");
  }

  @Test
  void a_vm_is_still_paused_for_the_next_daemon() throws InterruptedException {
    Lab.await(lab.vms.pause(vm));

    Lab next = lab.restarted();
    new Reconciler(next.context).run();

    assertThat(next.context.live().get(vm.id()).orElseThrow().paused()).isNotEmpty();
    Lab.await(next.vms.resume(vm));
    assertThat(next.driver.calls()).contains("resume " + vm.id());
  }

  @Test
  void a_disk_that_fills_up_is_warned_of_then_pauses_its_vm_which_goes_on_when_there_is_room()
      throws InterruptedException {
    diskIs(79);
    assertThat(lab.context.live().get(vm.id()).orElseThrow().diskRemark()).isEmpty();
    diskIs(80);
    assertThat(lab.context.live().get(vm.id()).orElseThrow().diskRemark())
        .isEqualTo("the root disk has used 80 % of its room on the host; free space");
    assertThat(paused()).isEmpty();
    diskIs(95);
    assertThat(paused()).contains("nearly full");
    diskIs(91);
    assertThat(paused()).contains("nearly full");
    diskIs(90);
    assertThat(paused()).isEmpty();
  }

  @Test
  void a_vm_that_somebody_paused_is_not_let_go_on_because_its_disk_has_room()
      throws InterruptedException {
    Lab.await(lab.vms.pause(vm));

    diskIs(10);

    assertThat(paused()).isEqualTo("somebody asked for it");
  }

  @Test
  void a_vm_that_cannot_be_paused_is_ended_before_its_disk_runs_over() throws InterruptedException {
    lab.driver.failAlways(FakeVmmDriver.Call.PAUSE, cannot());

    diskIs(97);
    assertThat(state()).isEqualTo(new VmState.Running());
    diskIs(98);

    assertThat(state()).isInstanceOf(VmState.Failed.class);
    assertThat(state().reason()).contains("about to run over");
    assertThat(lab.driver.host().alive()).isEmpty();
    assertThat(lab.disks.attached).isEmpty();
  }

  @Test
  void a_vm_whose_disk_is_lost_is_ended_and_says_so() throws InterruptedException {
    lab.disks.pressures.put(vm.id(), new Pressure(100, true, ""));

    watch.look();

    assertThat(state().reason()).contains("what the guest wrote is lost");
  }

  @Test
  void disks_are_attached_for_each_launch_and_detached_after_it() {
    assertThat(lab.disks.attached).containsExactly(vm.id());

    Lab.await(lab.vms.stop(vm, Optional.empty(), false));
    assertThat(lab.disks.attached).isEmpty();

    Lab.await(lab.vms.start(vm, Optional.empty()));
    assertThat(lab.disks.attached).containsExactly(vm.id());
  }
}
