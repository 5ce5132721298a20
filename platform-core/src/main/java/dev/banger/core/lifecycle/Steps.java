package dev.banger.core.lifecycle;

import dev.banger.core.lifecycle.Extensions.Phase;
import dev.banger.core.lifecycle.Extensions.Stops;
import dev.banger.core.model.BangerException;
import dev.banger.core.model.ErrorKind;
import dev.banger.core.model.VmRecord;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** The plugins' part in one operation on one VM, and what came of it so far. */
final class Steps implements AutoCloseable {
  private final VmRecord vm;
  private final Extensions.Visit visit;
  private final List<String> pending = new ArrayList<>();
  private final List<String> absent = new ArrayList<>();
  private int released;

  private Steps(VmRecord vm, Extensions.Visit visit) {
    this.vm = vm;
    this.visit = visit;
  }

  static Steps of(VmContext context, VmRecord vm, Progress progress) {
    return new Steps(vm, context.extensions().visit(vm, progress.operation(), progress));
  }

  /**
   * @throws BangerException with every objection that plugins have
   */
  void validate() throws InterruptedException {
    List<String> problems = visit.problems();
    if (problems.size() == 1) {
      throw new BangerException(ErrorKind.INVALID, problems.getFirst());
    }
    if (!problems.isEmpty()) {
      throw new BangerException(
          ErrorKind.INVALID,
          "vm \"%s\" cannot be started, for %d reasons".formatted(vm.name(), problems.size()),
          "",
          problems,
          null);
    }
  }

  Extensions.Additions additions() throws InterruptedException {
    return visit.additions();
  }

  /** Starts the steps of a phase; how to undo them is pushed first. */
  void start(Phase phase, Rollback rollback) throws InterruptedException {
    rollback.push(
        "the %s steps".formatted(phase.name().toLowerCase(Locale.ROOT)), () -> undo(phase));
    visit.start(phase);
  }

  private void undo(Phase phase) throws InterruptedException {
    Stops stops = stop(phase);
    if (!stops.pending().isEmpty()) {
      throw new BangerException(ErrorKind.HOST, String.join("; ", stops.pending()));
    }
  }

  Stops stop(Phase phase) throws InterruptedException {
    Stops stops = visit.stop(phase);
    released += stops.released();
    pending.addAll(stops.pending());
    absent.addAll(stops.absent());
    return stops;
  }

  List<String> recover() throws InterruptedException {
    return visit.recover();
  }

  List<String> removed() throws InterruptedException {
    return visit.removed();
  }

  /** How many steps were stopped. */
  int released() {
    return released;
  }

  /** One sentence per step that could not be stopped. */
  List<String> pending() {
    return List.copyOf(pending);
  }

  /** For people: what nobody is there to stop; empty when there is none. */
  String absentNote() {
    return absent.isEmpty() ? "" : "left as it is: " + String.join("; ", absent);
  }

  @Override
  public void close() {
    visit.close();
  }
}
