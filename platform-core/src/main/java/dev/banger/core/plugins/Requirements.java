package dev.banger.core.plugins;

import dev.banger.hooks.Participant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Who needs whom. */
final class Requirements {
  private final Map<String, FoundPlugin> usable = new HashMap<>();
  private final LinkedHashSet<FoundPlugin> ordered = new LinkedHashSet<>();
  private final Map<FoundPlugin, String> circles = new HashMap<>();

  private Requirements() {}

  /**
   * The same plugins, each after those it requires, else in the given order. One that requires
   * itself through others is blocked, with the circle named.
   */
  static List<FoundPlugin> ordered(List<FoundPlugin> all) {
    Requirements graph = new Requirements();
    all.stream()
        .filter(found -> found.state() == PluginState.ACTIVE)
        .forEach(found -> graph.usable.put(found.id(), found));
    all.forEach(found -> graph.visit(found, new ArrayList<>()));
    return graph.ordered.stream()
        .map(
            found ->
                Optional.ofNullable(graph.circles.get(found))
                    .map(circle -> found.refused(PluginState.BLOCKED, circle))
                    .orElse(found))
        .toList();
  }

  private void visit(FoundPlugin found, List<String> path) {
    if (ordered.contains(found)) {
      return;
    }
    if (found.state() == PluginState.ACTIVE) {
      List<String> further = new ArrayList<>(path);
      further.add(found.id());
      for (String id : found.manifest().orElseThrow().requires().keySet()) {
        int at = further.indexOf(id);
        if (at >= 0) {
          List<String> circle = new ArrayList<>(further.subList(at, further.size()));
          circle.add(id);
          Set<String> members = new HashSet<>(circle);
          members.forEach(
              member ->
                  circles.put(
                      usable.get(member),
                      "plugins require each other: " + String.join(" needs ", circle)));
        } else if (usable.containsKey(id)) {
          visit(usable.get(id), further);
        }
      }
    }
    ordered.add(found);
  }

  /** What a plugin lacks among those that are active; one clause. */
  static Optional<String> lacking(
      PluginManifest manifest, Map<String, ? extends Participant> active) {
    for (Map.Entry<String, String> need : manifest.requires().entrySet()) {
      Participant there = active.get(need.getKey());
      if (there == null) {
        return Optional.of(
            "needs plugin %s %s, which is not active".formatted(need.getKey(), need.getValue()));
      }
      try {
        if (!VersionRange.parse(need.getValue()).admits(there.version())) {
          return Optional.of(
              "needs plugin %s %s, and %s is active"
                  .formatted(need.getKey(), need.getValue(), there.version()));
        }
      } catch (IllegalArgumentException e) {
        return Optional.of("what it requires is malformed: " + e.getMessage());
      }
    }
    return Optional.empty();
  }
}
