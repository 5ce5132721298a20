package dev.banger.core.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;

import dev.banger.core.model.BangerException;
import dev.banger.core.model.ErrorKind;
import dev.banger.core.model.Launched;
import dev.banger.core.model.VmHandles;
import dev.banger.core.model.VmRecord;
import dev.banger.core.model.VmState;
import dev.banger.core.vmm.FakeVmmDriver;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What a daemon may find when it starts: any record, with or without what it speaks of. */
class ReconcileTableTest {
  @TempDir Path home;
  private Lab before;

  @BeforeEach
  void openLab() {
    before = new Lab(home);
  }

  private Lab nextDaemon() throws InterruptedException {
    Lab after = before.restarted();
    assertThat(new Reconciler(after.context).run().problems()).isEmpty();
    return after;
  }

  /** Its VMM is gone, and whatever belongs to a VMM is still there. */
  private void vmmDies(VmRecord vm) throws InterruptedException {
    Optional<VmHandles> handles = before.scratch.read(before.vms.paths(vm));
    before.context.live().remove(vm.id());
    before.driver.exit(vm.id(), new VmmDriver.VmmExit(false, "gone"));
    before.store.update(vm);
    handles.ifPresent(
        known -> before.scratch.write(before.vms.paths(vm), known, Launched.of(vm.spec())));
  }

  private void handlesOf(VmRecord vm, String hostBootId) {
    VmHandles now = before.scratch.read(before.vms.paths(vm)).orElseThrow();
    before.scratch.write(
        before.vms.paths(vm),
        new VmHandles(now.pid(), now.startTicks(), hostBootId, now.driver(), now.accel()),
        Launched.of(vm.spec()));
  }

  static Stream<Arguments> everything() {
    List<VmState> states =
        List.of(
            new VmState.Starting(),
            new VmState.Running(),
            new VmState.Stopping(),
            new VmState.Stopped(),
            new VmState.Failed("an old reason"),
            new VmState.CleanupPending("it would not die"),
            new VmState.Deleting());
    return states.stream()
        .flatMap(
            state ->
                Stream.of(true, false)
                    .flatMap(
                        alive ->
                            Stream.of(true, false)
                                .map(files -> Arguments.of(state, alive, files))));
  }

  @ParameterizedTest(name = "{0}, VMM alive {1}, files there {2}")
  @MethodSource("everything")
  void theRecordAndTheHostAgreeAfterwards(VmState state, boolean alive, boolean files)
      throws Exception {
    VmRecord vm = before.running("web");
    VmRecord other = before.running("other");
    if (!alive) {
      vmmDies(vm);
    }
    before.store.update(vm.withState(state));
    if (!files) {
      before.scratch.delete(before.vms.paths(vm));
      if (!alive) {
        before.directories.delete(before.vms.paths(vm));
      }
    }

    Lab after = nextDaemon();

    boolean keepsRunning = alive && state instanceof VmState.Running;
    assertThat(after.driver.host().alive().contains(vm.id())).isEqualTo(keepsRunning);
    assertThat(after.network.devices.contains(vm.id())).isEqualTo(keepsRunning);
    assertThat(after.disks.attached.contains(vm.id())).isEqualTo(keepsRunning);
    assertThat(after.hooks.heldFor(vm).isEmpty()).isEqualTo(!keepsRunning);
    Optional<VmRecord> now = after.store.find(vm.id());
    if (state instanceof VmState.Deleting) {
      assertThat(now).isEmpty();
      assertThat(after.directories.present()).containsExactly(other.id());
      assertThat(after.running("web").name()).isEqualTo("web");
    } else {
      assertThat(now.orElseThrow().state() instanceof VmState.Running).isEqualTo(keepsRunning);
      Lab.await(after.vms.start(now.get(), Optional.empty()));
      assertThat(after.vms.resolve("web").state()).isEqualTo(new VmState.Running());
    }
    // Whatever happened to one VM, its neighbour has noticed nothing.
    assertThat(after.store.find(other.id())).contains(other);
    assertThat(after.vms.live(other.id())).isPresent();
  }

  @Test
  void aRebootOfTheHostStopsEveryVmAndBlamesNone() throws Exception {
    List<VmRecord> vms = Stream.of("a", "b", "c").map(before::running).toList();
    for (VmRecord vm : vms) {
      handlesOf(vm, "the boot before");
      vmmDies(vm);
    }

    Lab after = nextDaemon();

    assertThat(after.store.list().vms())
        .hasSize(3)
        .allMatch(vm -> vm.state() instanceof VmState.Stopped)
        .allMatch(vm -> vm.lastError().isEmpty());
    assertThat(after.scratch.files).isEmpty();
    assertThat(after.network.devices).isEmpty();
    assertThat(after.disks.attached).isEmpty();
    assertThat(after.hooks.holdsNothing()).isTrue();
    Lab.await(after.vms.start(vms.getFirst(), Optional.empty()));
  }

  @Test
  void aVmmThatDiedDuringThisBootOfTheHostIsBlamed() throws Exception {
    VmRecord vm = before.running("web");
    handlesOf(vm, HostBoot.id());
    vmmDies(vm);

    assertThat(nextDaemon().vms.resolve("web").state())
        .isEqualTo(new VmState.Failed("its VMM was gone when the daemon started"));
  }

  @Test
  void aVmmThatDoesNotAnswerIsTakenUpWithAllThatBelongsToIt() throws Exception {
    VmRecord vm = before.running("web");
    Lab after = before.restarted();
    after.driver.failNext(
        FakeVmmDriver.Call.IS_PAUSED,
        new BangerException(ErrorKind.TIMEOUT, "the VMM did not answer within 5 s"));

    Reconciler.Report report = new Reconciler(after.context).run();

    assertThat(report.adopted()).isEqualTo(1);
    assertThat(report.problems()).isEmpty();
    assertThat(after.hooks.calls).contains("recover");
    Lab.await(after.vms.stop(vm, Optional.empty(), false));
    assertThat(after.driver.host().alive()).isEmpty();
  }
}
