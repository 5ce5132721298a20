package dev.banger.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.banger.api.Observed;
import dev.banger.api.Permission;
import dev.banger.api.Stopped;
import dev.banger.api.VmView;
import dev.banger.api.build.PlainRecords;
import dev.banger.api.build.Registration;
import dev.banger.hooks.JournalRow;
import dev.banger.hooks.JsonTrees;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;

/** What the rules about steps have in common. */
final class StepRules {
  private StepRules() {}

  /** Nothing else about steps means anything where they do not start. */
  static List<Rule> preparation(Subject subject) {
    Optional<String> failure = subject.reference().failure();
    TreeSet<Permission> undeclared = new TreeSet<>(subject.permissions().asked());
    undeclared.removeAll(subject.registration().permissions());
    if (failure.isPresent() && !undeclared.isEmpty()) {
      // The rule about permissions says it better.
      return List.of();
    }
    return List.of(
        new Rule(
            "every step starts and stops in the world that was prepared",
            () -> {
              assertThat(subject.reference().failure())
                  .as("why a VM cannot be started and stopped; override world(World) to prepare it")
                  .isEmpty();
              assertThat(subject.reference().rows().stream().map(JournalRow::step))
                  .containsExactlyInAnyOrderElementsOf(
                      subject.registration().steps().stream()
                          .map(step -> step.spec().name())
                          .toList());
            }));
  }

  /** One step's receipt as the journal has it, read back. */
  static <R extends Record> Optional<R> receipt(Registration.Step<R> step, List<JournalRow> rows) {
    return rows.stream()
        .filter(row -> row.step().equals(step.spec().name()))
        .findFirst()
        .flatMap(JournalRow::receiptJson)
        .map(json -> PlainRecords.fromTree(step.receipt(), JsonTrees.tree(json)));
  }

  static <R extends Record> Stopped stop(
      Rig rig, Registration.Step<R> step, VmView vm, Optional<R> receipt)
      throws InterruptedException {
    return rig.gate()
        .enter(
            "stop of " + step.spec().name(),
            step.spec().stopLimit(),
            lease -> step.code().stop(FakeStepContext.of(rig.context(lease), vm), receipt));
  }

  static <R extends Record> Observed<R> observe(
      Rig rig, Registration.Step<R> step, VmView vm, Optional<R> receipt)
      throws InterruptedException {
    return rig.gate()
        .enter(
            "observe of " + step.spec().name(),
            step.spec().stopLimit(),
            lease -> step.code().observe(FakeStepContext.of(rig.context(lease), vm), receipt));
  }

  /** Stops every step directly, the last first; what does not work is said. */
  static List<String> stopAll(Rig rig, VmView vm, List<JournalRow> rows)
      throws InterruptedException {
    List<String> problems = new ArrayList<>();
    for (Registration.Step<?> step : rig.registration().steps().reversed()) {
      stopOne(rig, step, vm, rows).ifPresent(problems::add);
    }
    return problems;
  }

  private static <R extends Record> Optional<String> stopOne(
      Rig rig, Registration.Step<R> step, VmView vm, List<JournalRow> rows)
      throws InterruptedException {
    String name = "step " + step.spec().name();
    try {
      return switch (stop(rig, step, vm, receipt(step, rows))) {
        case Stopped.Pending pending -> Optional.of(name + " is not gone yet: " + pending.why());
        case null -> Optional.of(name + " answers null");
        case Stopped.Released _, Stopped.NothingToDo _ -> Optional.empty();
      };
    } catch (dev.banger.api.CapabilityException e) {
      return Optional.of(name + " cannot be stopped: " + e.getMessage());
    }
  }

  /** What is not as it was before the VM was ever started. */
  static List<String> leftovers(Subject subject, World world) {
    return subject.outside(world).differencesTo(subject.reference().never());
  }

  /** What the journal still has that holds something. */
  static List<String> held(Rig rig, VmView vm) {
    return rig.open(vm).stream()
        .filter(row -> row.state().holds())
        .map(row -> "%s is %s: %s".formatted(row.title(), row.state().wireName(), row.reason()))
        .toList();
  }
}
