package dev.banger.core.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.banger.core.model.BangerException;
import dev.banger.core.model.ErrorKind;
import dev.banger.core.model.VmRecord;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** When a VM gets its place on the network, and when it is given back. */
class NetworkInLifeTest {
  @TempDir Path home;
  private Lab lab;

  @BeforeEach
  void openLab() {
    lab = new Lab(home);
  }

  @AfterEach
  void nobodyLostADeviceWhileItsVmmLived() {
    lab.upkeep.close();
    assertThat(lab.network.problems()).isEmpty();
  }

  @Test
  void aDeviceIsThereBeforeTheVmmAndGoneAfterIt() {
    VmRecord vm = lab.running("web");
    assertThat(lab.network.calls()).containsExactly("attach web");
    Lab.await(lab.vms.stop(vm, Optional.empty(), true));
    assertThat(lab.network.devices).isEmpty();
    Lab.await(lab.vms.start(vm, Optional.empty()));
    assertThat(lab.network.devices).containsExactly(vm.id());
    Lab.await(lab.vms.delete(vm));
    assertThat(lab.network.devices).isEmpty();
  }

  @Test
  void whatCrashesGivesItBackToo() throws Exception {
    VmRecord vm = lab.running("web");
    lab.driver.exit(vm.id(), new VmmDriver.VmmExit(false, "killed by signal 9"));
    lab.eventually(vm.id(), "failed");
    assertThat(lab.network.devices).isEmpty();
  }

  @Test
  void aDeviceThatStaysLeavesTheVmToBeCleanedUpAndIsTriedAgain() throws Exception {
    VmRecord vm = lab.running("web");
    lab.network.failingReleases.set(1);
    lab.driver.exit(vm.id(), new VmmDriver.VmmExit(false, "killed by signal 9"));
    lab.eventually(vm.id(), "cleanupPending");
    Lab.await(lab.vms.repair(lab.vms.resolve("web")));
    assertThat(lab.network.devices).isEmpty();
    assertThat(lab.vms.resolve("web").state().wireName()).isEqualTo("stopped");
  }

  @Test
  void anotherDaemonTakesUpWhatRunsAndGivesBackWhatDoesNot() throws Exception {
    VmRecord lives = lab.running("lives");
    VmRecord dies = lab.running("dies");
    Lab next = lab.restarted();
    next.driver.exit(dies.id(), new VmmDriver.VmmExit(false, "gone"));
    new Reconciler(next.context).run();
    assertThat(next.network.devices).containsExactly(lives.id());
    assertThat(next.network.calls()).contains("adopt lives").doesNotContain("adopt dies");
    next.upkeep.close();
  }

  @Test
  void fiftyAtOnceLeaveNoDevice() {
    List<Operation> creates =
        IntStream.range(0, 50).mapToObj(i -> lab.vms.create(lab.request("vm" + i))).toList();
    creates.forEach(Lab::await);
    assertThat(lab.network.devices).hasSize(50);
    lab.vms.list().stream().map(lab.vms::delete).toList().forEach(Lab::await);
    assertThat(lab.network.devices).isEmpty();
  }

  @Test
  void natIsChangedForARunningVmThroughItsSteps() {
    VmRecord vm = lab.running("web");
    lab.hooks.calls.clear();
    lab.hooks.recovered.add("rules: started again");
    VmOutcome changed = (VmOutcome) Lab.await(lab.vms.set(vm, spec -> spec.withNat(false)));
    assertThat(changed.note()).isEqualTo("rules: started again");
    assertThat(lab.hooks.calls).containsExactly("recover");
    assertThat(lab.vms.resolve("web").spec().nat()).isFalse();
    assertThat(((VmOutcome) Lab.await(lab.vms.set(vm, spec -> spec.withNat(false)))).note())
        .isEqualTo("already so");
  }

  @Test
  void inUserModeItHoldsFromTheNextStartOn() {
    lab.network.bridge = false;
    VmRecord vm = lab.running("web");
    lab.hooks.calls.clear();
    assertThat(((VmOutcome) Lab.await(lab.vms.set(vm, spec -> spec.withNat(false)))).note())
        .isEqualTo("from the next start on: NAT off");
    assertThat(lab.vms.launched(vm).orElseThrow().nat()).isTrue();
    assertThat(lab.hooks.calls).isEmpty();
    assertThat(lab.vms.resolve("web").spec().nat()).isFalse();
  }

  @Test
  void nothingIsSetOnAVmThatIsGone() {
    VmRecord vm = lab.running("web");
    Lab.await(lab.vms.delete(vm));
    assertThatThrownBy(() -> Lab.await(lab.vms.set(vm, spec -> spec.withNat(false))))
        .isInstanceOfSatisfying(
            BangerException.class, e -> assertThat(e.kind()).isEqualTo(ErrorKind.NOT_FOUND));
  }
}
