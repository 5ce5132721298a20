package dev.banger.core.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.banger.core.model.BangerException;
import dev.banger.core.model.ErrorKind;
import dev.banger.core.model.Launched;
import dev.banger.core.model.VmRecord;
import dev.banger.core.model.VmSpec;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SetVmTest {
  @TempDir Path home;
  private Lab lab;

  @BeforeEach
  void open() {
    lab = new Lab(home);
  }

  @Test
  void aRunningVmKeepsWhatItRunsWithUntilItsNextStart() {
    VmRecord vm = lab.running("web");

    assertThat(set(vm, SetVmTest::larger))
        .isEqualTo("from the next start on: cpus 2, memory 256 MiB, work disk 512 MiB");
    assertThat(lab.vms.launched(vm)).contains(new Launched(1, 128, 32, true));
    assertThat(lab.disks.workDisks).containsEntry(vm.id(), 32L);

    Lab.await(lab.vms.restart(vm, Optional.empty()));
    assertThat(lab.vms.launched(lab.vms.resolve("web"))).contains(new Launched(2, 256, 512, true));
    assertThat(lab.disks.workDisks).containsEntry(vm.id(), 512L);
  }

  @Test
  void theNextDaemonKnowsWhatAVmRunsWith() throws InterruptedException {
    VmRecord vm = lab.running("web");
    set(vm, SetVmTest::larger);

    Lab next = lab.restarted();
    new Reconciler(next.context).run();

    assertThat(next.vms.launched(next.vms.resolve("web"))).contains(new Launched(1, 128, 32, true));
  }

  @Test
  void aVmOfADaemonThatNotedNothingRunsWithWhatItsRecordSays() throws InterruptedException {
    VmRecord vm = lab.running("web");
    lab.scratch.launches.clear();

    Lab next = lab.restarted();
    new Reconciler(next.context).run();

    assertThat(next.vms.launched(vm)).contains(Launched.of(vm.spec()));
  }

  @Test
  void onlyWhatThisChangeLeavesForLaterIsInItsNote() {
    VmRecord vm = lab.running("web");
    set(vm, SetVmTest::larger);

    assertThat(set(vm, now -> now.withSize(3, 256, 512)))
        .isEqualTo("from the next start on: cpus 3");
    assertThat(set(vm, now -> now.withSize(1, 256, 512))).isEqualTo("as it runs already");
    assertThat(set(vm, now -> now.withSize(1, 256, 512))).isEqualTo("already so");
  }

  @Test
  void labelsApplyAtOnceAndPluginsLookAgain() {
    VmRecord vm = lab.running("web");
    lab.hooks.calls.clear();

    assertThat(set(vm, now -> now.withLabels(Map.of("a", "b")))).isEmpty();

    assertThat(lab.vms.resolve("web").spec().labels()).containsEntry("a", "b");
    assertThat(lab.hooks.calls).containsExactly("recover");
  }

  @Test
  void theWorkDiskOfAStoppedVmIsEnlargedAtOnceAndGrownByTheGuestAtTheStart() {
    VmRecord vm = stopped();

    assertThat(set(vm, SetVmTest::larger)).isEmpty();
    assertThat(lab.disks.workDisks).containsEntry(vm.id(), 512L);
    assertThat(lab.guests.growths).hasValue(0);

    Operation start = lab.vms.start(vm, Optional.empty());
    Lab.await(start);
    assertThat(lab.guests.growths).hasValue(1);
    assertThat(lab.disks.growing).isEmpty();
    assertThat(stages(start)).contains("grow_work_disk done 512 MiB");

    Operation again = lab.vms.restart(vm, Optional.empty());
    Lab.await(again);
    assertThat(lab.guests.growths).as("nothing left to do").hasValue(1);
    assertThat(stages(again)).noneMatch(stage -> stage.startsWith("grow_work_disk"));
  }

  @Test
  void aDeathBetweenTheRecordAndTheFileIsMadeUpForByTheNextStart() {
    VmRecord vm = stopped();
    lab.store.update(vm.withSpec(vm.spec().withSize(1, 128, 64)));

    Lab.await(lab.vms.start(vm, Optional.empty()));

    assertThat(lab.disks.workDisks).containsEntry(vm.id(), 64L);
    assertThat(lab.guests.growths).hasValue(1);
  }

  @Test
  void aGuestThatCannotGrowItsDiskRunsAndItIsSaidUntilItCan() throws InterruptedException {
    VmRecord vm = stopped();
    set(vm, SetVmTest::larger);
    lab.guests.growthRemark = "its file system has errors";

    Operation start = lab.vms.start(vm, Optional.empty());
    assertThat(((VmOutcome) Lab.await(start)).vm().state().wireName()).isEqualTo("running");
    String remark = "the work disk could not be grown to 512 MiB: its file system has errors";
    assertThat(growthRemark(lab, vm)).isEqualTo(remark);
    assertThat(stages(start)).contains("grow_work_disk failed its file system has errors");

    Lab next = lab.restarted();
    new Reconciler(next.context).run();
    assertThat(growthRemark(next, vm)).isEqualTo(remark);

    next.guests.growthFailure = new BangerException(ErrorKind.TIMEOUT, "no answer");
    Lab.await(next.vms.restart(vm, Optional.empty()));
    assertThat(growthRemark(next, vm)).endsWith("no answer");

    next.guests.growthFailure = null;
    Lab.await(next.vms.restart(vm, Optional.empty()));
    assertThat(growthRemark(next, vm)).isEmpty();
    assertThat(next.disks.growing).isEmpty();
  }

  @Test
  void nothingIsStoredWhenAnyOfItIsRefused() {
    VmRecord vm = lab.running("web");
    lab.disks.mostMiB = 256;
    assertThatThrownBy(() -> set(vm, SetVmTest::larger)).hasMessage("File too large");

    lab.disks.mostMiB = Long.MAX_VALUE;
    BangerException no = new BangerException(ErrorKind.INVALID, "no");
    assertThatThrownBy(
            () ->
                set(
                    vm,
                    _ -> {
                      throw no;
                    }))
        .hasMessage("no");

    assertThat(lab.vms.resolve("web").spec()).isEqualTo(vm.spec());
    assertThat(lab.disks.workDisks).containsEntry(vm.id(), 32L);
  }

  @Test
  void anObjectionThatAPluginHadBeforeDoesNotStandInTheWay() {
    VmRecord vm = lab.running("web");
    lab.hooks.problems.add("a program is missing on the host");

    set(vm, SetVmTest::larger);

    assertThat(lab.vms.resolve("web").spec().cpus()).isEqualTo(2);
  }

  @Test
  void anObjectionToWhatTheVmWouldBeRefusesIt() {
    VmRecord vm = lab.running("web");
    lab.hooks.objectsTo = wanted -> wanted.spec().cpus() > 1;

    assertThatThrownBy(() -> set(vm, SetVmTest::larger)).hasMessage("not this one");

    assertThat(lab.vms.resolve("web").spec()).isEqualTo(vm.spec());
  }

  private static VmSpec larger(VmSpec now) {
    return now.withSize(2, 256, 512);
  }

  private VmRecord stopped() {
    VmRecord vm = lab.running("web");
    Lab.await(lab.vms.stop(vm, Optional.empty(), true));
    return lab.vms.resolve("web");
  }

  private String set(VmRecord vm, UnaryOperator<VmSpec> change) {
    return ((VmOutcome) Lab.await(lab.vms.set(vm, change))).note();
  }

  private static String growthRemark(Lab lab, VmRecord vm) {
    return lab.vms.live(vm.id()).orElseThrow().growthRemark();
  }

  private static List<String> stages(Operation operation) {
    return operation.view().stages().stream()
        .map(stage -> "%s %s %s".formatted(stage.stage(), stage.status(), stage.message()))
        .toList();
  }
}
