package dev.banger.testkit;

import dev.banger.api.CapabilityException;
import dev.banger.api.Permission;
import dev.banger.api.VmView;
import dev.banger.hooks.JournalRow;
import dev.banger.hooks.StopReport;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;

/**
 * How an undisturbed start and stop of one VM look.
 *
 * @param failure why there is none
 * @param never the world before, without guests
 * @param started the world while the VM runs
 * @param rows what was open meanwhile
 * @param start the moments of the start
 * @param startCalls those of them that are the host's
 * @param stop the moments of the stop
 * @param waits how many calls of the start could have waited
 */
record Reference(
    Optional<String> failure,
    Snapshot never,
    Snapshot started,
    List<JournalRow> rows,
    List<String> start,
    List<String> startCalls,
    List<String> stop,
    int waits) {
  static Reference of(Subject subject) {
    try (Quiet _ = new Quiet()) {
      return measured(subject);
    } catch (CapabilityException e) {
      return failed(undeclared(subject) + e.getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return failed("interrupted");
    }
  }

  private static Reference measured(Subject subject) throws InterruptedException {
    World world = subject.world();
    try (Rig rig = subject.rig(world)) {
      VmView vm = subject.vm(world, "web");
      Snapshot never = subject.outside(world);
      Hang counter = new Hang(Integer.MAX_VALUE);
      world.host().hang(counter);
      rig.faults().count();
      rig.start(vm);
      List<String> start = rig.faults().moments();
      List<String> startCalls = rig.faults().hostMoments();
      List<JournalRow> rows = List.copyOf(rig.open(vm));
      Snapshot started = subject.snapshot(world);
      for (JournalRow row : rows) {
        if (row.state() != JournalRow.State.STARTED || !row.reason().isEmpty()) {
          return failed(
              undeclared(subject)
                  + "%s is %s: %s".formatted(row.title(), row.state().wireName(), row.reason()));
        }
      }
      int waits = counter.calls();
      rig.faults().count();
      StopReport report = rig.stop(vm);
      if (!report.pending().isEmpty()) {
        return failed(undeclared(subject) + "the stop leaves " + report.pending());
      }
      return new Reference(
          Optional.empty(), never, started, rows, start, startCalls, rig.faults().moments(), waits);
    }
  }

  private static String undeclared(Subject subject) {
    TreeSet<Permission> undeclared = new TreeSet<>(subject.permissions().asked());
    undeclared.removeAll(subject.registration().permissions());
    return undeclared.isEmpty() ? "" : "it did not declare " + undeclared + "; ";
  }

  private static Reference failed(String why) {
    return new Reference(
        Optional.of(why),
        new Snapshot(new java.util.TreeMap<>()),
        new Snapshot(new java.util.TreeMap<>()),
        List.of(),
        List.of(),
        List.of(),
        List.of(),
        0);
  }
}
