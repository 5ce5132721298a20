package dev.banger.testkit;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.BinaryOperator;

/**
 * Everything a plugin may have changed, by name: {@code data PATH}, {@code store KEY}, {@code store
 * of vm ID KEY}, {@code tool NAME KEY}, {@code guest VM PATH}, and what the author added.
 */
public record Snapshot(SortedMap<String, String> things) {
  static final String GUEST = "guest ";
  static final String STORE = "store ";
  static final String STORE_OF_VM = "store of vm ";

  public Snapshot {
    things = java.util.Collections.unmodifiableSortedMap(new TreeMap<>(things));
  }

  /**
   * Without what the core drops for the plugin: what is inside guests, and values stored for a VM,
   * which are kept until the VM is deleted.
   */
  Snapshot outsideVms() {
    SortedMap<String, String> outside = new TreeMap<>(things);
    outside.keySet().removeIf(name -> name.startsWith(GUEST) || name.startsWith(STORE_OF_VM));
    return new Snapshot(outside);
  }

  Snapshot with(Map<String, String> more) {
    SortedMap<String, String> all = new TreeMap<>(things);
    more.forEach((name, value) -> all.put("other " + name, value));
    return new Snapshot(all);
  }

  Snapshot map(BinaryOperator<String> stable) {
    SortedMap<String, String> mapped = new TreeMap<>(things);
    mapped.replaceAll(stable);
    return new Snapshot(mapped);
  }

  /** One line for each difference; empty when both are equal. */
  public List<String> differencesTo(Snapshot expected) {
    List<String> lines = new ArrayList<>();
    TreeSet<String> names = new TreeSet<>(things.keySet());
    names.addAll(expected.things.keySet());
    for (String name : names) {
      String is = things.get(name);
      String should = expected.things.get(name);
      if (!Objects.equals(is, should)) {
        lines.add(
            should == null
                ? "left behind: %s (%s)".formatted(name, is)
                : is == null
                    ? "missing: %s (%s)".formatted(name, should)
                    : "changed: %s (%s instead of %s)".formatted(name, is, should));
      }
    }
    return lines;
  }
}
