package dev.banger.core.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;

import dev.banger.core.model.Launched;
import dev.banger.core.model.VmId;
import dev.banger.core.model.VmRecord;
import dev.banger.core.model.VmState;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A daemon that is killed before or after any of its calls to the database, the VMM, disks, network
 * and plugins, and what the next one makes of it.
 */
class DaemonDeathTest {
  @TempDir Path home;

  /** What a client asks of a daemon. */
  @FunctionalInterface
  private interface Request {
    Operation in(Lab daemon);
  }

  /** What must be true of the VM, if there is one, once the next daemon has looked. */
  @FunctionalInterface
  private interface Expectation {
    void of(Optional<VmRecord> vm);
  }

  /** Kills a daemon at each point of the request in turn, until it lives through all of it. */
  private int everywhere(Request before, Request request, Expectation expectation)
      throws Exception {
    for (int point = 1; ; point++) {
      Lab first = new Lab(Files.createDirectory(home.resolve("" + point)));
      if (before != null) {
        Lab.await(before.in(first));
      }
      Life life = Life.endingAt(point);
      Lab mortal = first.restarted(life);
      // What it knows of VMs that run comes with its start, which is another test's.
      first.store.list().vms().stream()
          .filter(vm -> vm.state() instanceof VmState.Running)
          .forEach(
              vm ->
                  mortal
                      .context
                      .live()
                      .add(
                          vm,
                          first.vms.paths(vm),
                          first.vms.live(vm.id()).orElseThrow().handles(),
                          first.vms.live(vm.id()).orElseThrow().exit(),
                          first.network.plan(vm).guest(),
                          _ -> {
                            throw new UnsupportedOperationException();
                          },
                          Launched.of(vm.spec())));
      first.context.live().close();
      boolean answered = life.answers(() -> Lab.await(request.in(mortal)));
      try {
        String when = "killed " + life.end();
        Lab after = settled(mortal, when);
        List<VmRecord> vms = after.store.list().vms();
        assertThat(vms).as(when).hasSizeLessThanOrEqualTo(1);
        if (!answered) {
          expectation.of(vms.stream().findFirst());
        }
        goesOn(after, when);
      } finally {
        life.bury();
        mortal.context.live().close();
      }
      if (answered) {
        return point;
      }
    }
  }

  /** The next daemon, which has looked at everything, twice. */
  private static Lab settled(Lab dead, String when) throws Exception {
    Lab after = dead.restarted();
    assertThat(new Reconciler(after.context).run().problems()).as(when).isEmpty();
    assertThat(after.vms.chores().releaseLeftovers()).as(when).isTrue();
    after.vms.chores().sweep();
    agree(after, when);
    List<VmRecord> first = after.store.list().vms();

    Lab again = after.restarted();
    assertThat(new Reconciler(again.context).run().problems()).as(when).isEmpty();
    assertThat(again.store.list().vms()).as(when).isEqualTo(first);
    agree(again, when);
    return again;
  }

  /** The records and the host say the same. */
  private static void agree(Lab lab, String when) throws Exception {
    List<VmRecord> vms = lab.store.list().vms();
    assertThat(vms)
        .as(when)
        .allMatch(vm -> !vm.provisional())
        .allMatch(
            vm ->
                vm.state() instanceof VmState.Running
                    || vm.state() instanceof VmState.Stopped
                    || vm.state() instanceof VmState.Failed);
    List<VmId> running =
        vms.stream().filter(vm -> vm.state() instanceof VmState.Running).map(VmRecord::id).toList();
    assertThat(lab.driver.host().alive()).as(when).isEqualTo(running);
    assertThat(lab.disks.attached).as(when).isEqualTo(Set.copyOf(running));
    assertThat(lab.network.devices).as(when).isEqualTo(Set.copyOf(running));
    assertThat(lab.scratch.files.keySet()).as(when).isEqualTo(Set.copyOf(running));
    assertThat(lab.network.problems()).as(when).isEmpty();
    if (running.isEmpty()) {
      assertThat(lab.hooks.holdsNothing()).as(when).isTrue();
    }
    assertThat(Set.copyOf(lab.directories.present()))
        .as(when)
        .isEqualTo(Set.copyOf(vms.stream().map(VmRecord::id).toList()));
  }

  /** The name can be used, and in the end nothing is left. */
  private static void goesOn(Lab lab, String when) throws Exception {
    Optional<VmRecord> left = lab.store.list().vms().stream().findFirst();
    VmRecord vm =
        left.isEmpty()
            ? lab.running("web")
            : ((VmOutcome) Lab.await(lab.vms.start(left.get(), Optional.empty()))).vm();
    assertThat(vm.state()).as(when).isEqualTo(new VmState.Running());
    assertThat(lab.disks.workDisks).as(when).containsEntry(vm.id(), vm.spec().workDiskMiB());
    Lab.await(lab.vms.delete(vm));
    assertThat(lab.store.list().vms()).as(when).isEmpty();
    agree(lab, when);
  }

  private static VmRecord web(Lab lab) {
    return lab.vms.resolve("web");
  }

  @Test
  void leavesNoVmOrAWholeOneOfACreate() throws Exception {
    int points =
        everywhere(
            null,
            lab -> lab.vms.create(lab.request("web")),
            vm -> vm.ifPresent(made -> assertThat(made.state()).isEqualTo(new VmState.Running())));
    assertThat(points).isGreaterThan(40);
  }

  @Test
  void leavesAVmThatWasStartingDownOrRunningAndReadyForTheNextStart() throws Exception {
    int points =
        everywhere(
            lab -> {
              Lab.await(lab.vms.create(lab.request("web")));
              return lab.vms.stop(web(lab), Optional.empty(), true);
            },
            lab -> lab.vms.start(web(lab), Optional.empty()),
            vm -> assertThat(vm).isPresent());
    assertThat(points).isGreaterThan(30);
  }

  @Test
  void leavesAVmThatWasStoppingRunningOnlyWhenNothingWasTakenFromItYet() throws Exception {
    int points =
        everywhere(
            lab -> lab.vms.create(lab.request("web")),
            lab -> lab.vms.stop(web(lab), Optional.empty(), true),
            vm -> assertThat(vm.orElseThrow().state()).isNotInstanceOf(VmState.Failed.class));
    assertThat(points).isGreaterThan(20);
  }

  @Test
  void leavesAWorkDiskThatTheNextStartMakesAsLargeAsTheRecordSays() throws Exception {
    int points =
        everywhere(
            lab -> {
              Lab.await(lab.vms.create(lab.request("web")));
              return lab.vms.stop(web(lab), Optional.empty(), true);
            },
            lab -> lab.vms.set(web(lab), now -> now.withSize(2, 256, 512)),
            vm -> assertThat(vm.orElseThrow().spec().workDiskMiB()).isIn(32L, 512L));
    assertThat(points).isGreaterThan(3);
  }

  @Test
  void finishesADeleteThatHadBegun() throws Exception {
    int points =
        everywhere(
            lab -> lab.vms.create(lab.request("web")),
            lab -> lab.vms.delete(web(lab)),
            vm -> vm.ifPresent(kept -> assertThat(kept.state()).isEqualTo(new VmState.Running())));
    assertThat(points).isGreaterThan(20);
  }
}
