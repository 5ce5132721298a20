package dev.banger.cli.base;

import java.util.List;

/**
 * One option of a command.
 *
 * @param names for example {@code -i}, {@code --interactive}
 * @param label what its value is called, or null when it takes none
 * @param repeatable whether it may be given more than once
 * @param kind what completion offers: nothing when empty; else one of {@code vm image plugin op
 *     path choice}
 * @param choices what a value must be one of, else empty
 */
public record Option(
    List<String> names,
    String label,
    boolean repeatable,
    String kind,
    List<String> choices,
    String summary) {

  /** The longest name: how the option is asked for in code. */
  public String name() {
    String longest = names.get(0);
    for (String name : names) {
      longest = name.length() > longest.length() ? name : longest;
    }
    return longest;
  }
}
