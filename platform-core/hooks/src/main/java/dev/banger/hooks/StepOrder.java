package dev.banger.hooks;

import dev.banger.api.Phase;
import dev.banger.api.StepSpec;
import dev.banger.api.build.Registration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.BiPredicate;

/**
 * The order of steps: by phase; in a phase what a step comes after first, then by plugin id, then
 * as declared.
 */
public final class StepOrder {
  private StepOrder() {}

  /** A step that is to be started, and by whom. */
  record Planned(Participant participant, Registration.Step<?> step) {
    StepRef ref() {
      return new StepRef(participant.id(), step.spec().name());
    }

    List<String> after() {
      return step.spec().after();
    }
  }

  /** The steps of a phase. Where they go round in a circle, plugin id and declaration decide. */
  static List<Planned> of(Collection<Participant> plugins, Phase phase) {
    List<Planned> declared =
        plugins.stream()
            .sorted(Comparator.comparing(Participant::id))
            .flatMap(
                plugin ->
                    plugin.registration().steps().stream()
                        .filter(step -> step.spec().phase() == phase)
                        .<Planned>map(step -> new Planned(plugin, step)))
            .toList();
    return sorted(declared, (one, other) -> one.ref().comesAfter(one.after(), other.ref()));
  }

  /** The order in which rows are stopped: the last begun first, none before what comes after it. */
  static List<JournalRow> undo(Collection<JournalRow> rows) {
    List<JournalRow> lastFirst =
        rows.stream()
            .sorted(
                Comparator.comparing(JournalRow::phase)
                    .thenComparingLong(JournalRow::id)
                    .reversed())
            .toList();
    return sorted(lastFirst, (one, other) -> StepRef.comesAfter(other, one));
  }

  /** Keeps the given order as far as possible; of a circle the first goes first. */
  private static <T> List<T> sorted(List<T> given, BiPredicate<T, T> waitsFor) {
    List<T> left = new ArrayList<>(given);
    List<T> order = new ArrayList<>(given.size());
    while (!left.isEmpty()) {
      T next =
          left.stream()
              .filter(one -> left.stream().noneMatch(other -> waitsFor.test(one, other)))
              .findFirst()
              .orElseGet(left::getFirst);
      left.remove(next);
      order.add(next);
    }
    return order;
  }

  /**
   * What is wrong with the order that steps ask for: a circle, or a step that is to come after one
   * of a later phase. A plugin that brings this about is to be refused.
   *
   * @param steps of all plugins that are to be active together, by plugin id
   * @return one sentence that names the steps; empty when all is well
   */
  public static Optional<String> problem(Map<String, List<StepSpec>> steps) {
    Map<String, Node> nodes = new TreeMap<>();
    steps.forEach(
        (plugin, specs) ->
            specs.forEach(
                spec -> {
                  StepRef ref = new StepRef(plugin, spec.name());
                  nodes.put(ref.toString(), new Node(ref, spec));
                }));
    for (Node node : nodes.values()) {
      for (Node other : nodes.values()) {
        if (node.after(other) && other.spec.phase().compareTo(node.spec.phase()) > 0) {
          return Optional.of(
              "step %s of phase %s cannot come after %s of phase %s"
                  .formatted(
                      node.ref,
                      node.spec.phase().wireName(),
                      other.ref,
                      other.spec.phase().wireName()));
        }
      }
    }
    Set<Node> fine = new HashSet<>();
    return nodes.values().stream()
        .flatMap(node -> circle(node, nodes.values(), new ArrayDeque<>(), fine).stream())
        .findFirst();
  }

  private static Optional<String> circle(
      Node node, Collection<Node> all, Deque<Node> path, Set<Node> fine) {
    if (fine.contains(node)) {
      return Optional.empty();
    }
    if (path.contains(node)) {
      List<String> names =
          new ArrayList<>(
              path.stream()
                  .dropWhile(above -> !above.equals(node))
                  .map(n -> n.ref.toString())
                  .toList());
      names.add(node.ref.toString());
      return Optional.of("steps wait for each other: " + String.join(" after ", names));
    }
    path.addLast(node);
    for (Node other : all) {
      if (node.after(other) && other.spec.phase() == node.spec.phase()) {
        Optional<String> found = circle(other, all, path, fine);
        if (found.isPresent()) {
          return found;
        }
      }
    }
    path.removeLast();
    fine.add(node);
    return Optional.empty();
  }

  private record Node(StepRef ref, StepSpec spec) {
    boolean after(Node other) {
      return ref.comesAfter(spec.after(), other.ref);
    }
  }
}
