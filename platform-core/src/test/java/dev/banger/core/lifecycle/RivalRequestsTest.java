package dev.banger.core.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;

import dev.banger.core.model.BangerException;
import dev.banger.core.model.ErrorKind;
import dev.banger.core.model.VmRecord;
import dev.banger.core.model.VmState;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Clients that want different things at the same time. */
class RivalRequestsTest {
  @TempDir Path home;
  private Lab lab;

  @BeforeEach
  void openLab() {
    lab = new Lab(home);
  }

  private static <T> List<Future<T>> atOnce(List<Callable<T>> requests) throws Exception {
    try (ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor()) {
      return clients.invokeAll(requests);
    }
  }

  private void nothingIsLeft() throws InterruptedException {
    assertThat(lab.store.list().vms()).isEmpty();
    assertThat(lab.driver.host().alive()).isEmpty();
    assertThat(lab.directories.present()).isEmpty();
    assertThat(lab.disks.attached).isEmpty();
    assertThat(lab.network.devices).isEmpty();
    assertThat(lab.hooks.holdsNothing()).isTrue();
    assertThat(lab.network.problems()).isEmpty();
  }

  @Test
  void ofFiftyWhoWantOneNameOneGetsItAndTheOthersAreToldSo() throws Exception {
    List<Future<VmRecord>> creates =
        atOnce(
            IntStream.range(0, 50)
                .<Callable<VmRecord>>mapToObj(_ -> () -> lab.running("web"))
                .toList());

    assertThat(creates).filteredOn(each -> each.state() == Future.State.SUCCESS).hasSize(1);
    assertThat(creates)
        .filteredOn(each -> each.state() == Future.State.FAILED)
        .hasSize(49)
        .allSatisfy(
            each ->
                assertThat(each.exceptionNow())
                    .isInstanceOfSatisfying(
                        BangerException.class,
                        e -> assertThat(e.kind()).isEqualTo(ErrorKind.CONFLICT))
                    .hasMessageContaining("\"web\" exists already"));
    assertThat(lab.driver.host().alive()).hasSize(1);
    Lab.await(lab.vms.delete(lab.vms.resolve("web")));
    nothingIsLeft();
  }

  /** Whatever the order: who comes too late is told so, and the delete has the last word. */
  @Test
  void whoeverStartsStopsOrRepairsAVmThatIsBeingDeletedIsToldAndItIsGone() throws Exception {
    Random random = new Random(31);
    for (int round = 0; round < 40; round++) {
      VmRecord vm = lab.running("web");
      List<Callable<Operation>> wishes =
          List.of(
              () -> lab.vms.stop(vm, Optional.empty(), false),
              () -> lab.vms.start(vm, Optional.empty()),
              () -> lab.vms.restart(vm, Optional.empty()),
              () -> lab.vms.repair(vm),
              () -> lab.vms.pause(vm),
              () -> lab.vms.stop(vm, Optional.empty(), true),
              () -> lab.vms.delete(vm),
              () -> lab.vms.start(vm, Optional.empty()));
      List<Callable<Operation>> shuffled = new ArrayList<>(wishes);
      Collections.shuffle(shuffled, random);

      for (Future<Operation> wish : atOnce(shuffled)) {
        try {
          Lab.await(wish.resultNow());
        } catch (BangerException e) {
          assertThat(e.kind())
              .as(e.getMessage())
              .isIn(ErrorKind.NOT_FOUND, ErrorKind.ILLEGAL_STATE, ErrorKind.CONFLICT);
        }
      }

      assertThat(lab.store.find(vm.id())).isEmpty();
      nothingIsLeft();
    }
  }

  @Test
  void theDaemonsOwnEndTakesItsTurnLikeAnyClient() throws Exception {
    VmRecord vm = lab.running("web");
    lab.guests.refusesShutdown();
    lab.driver.powerButtonWorks(false);
    Operation stop = lab.vms.stop(vm, Optional.of(java.time.Duration.ofSeconds(20)), false);
    while (stop.view().stages().stream().noneMatch(stage -> stage.stage().equals("wait_exit"))) {
      Thread.sleep(2);
    }

    lab.operations.close();

    assertThat(stop.result()).isCompletedExceptionally();
    Lab after = lab.restarted();
    assertThat(new Reconciler(after.context).run().problems()).isEmpty();
    assertThat(after.vms.resolve("web").state()).isEqualTo(new VmState.Stopped());
    assertThat(after.driver.host().alive()).isEmpty();
  }
}
