package dev.banger.api;

import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Pattern;

/** An argument or option of a command. Immutable. */
public final class ValueSpec {
  private static final Pattern NAME = Pattern.compile("[a-z][a-z0-9]*(-[a-z0-9]+)*");

  private final String name;
  private final ValueType type;
  private final String summary;
  private final boolean required;
  private final String fallback;
  private final List<String> choices;
  private final boolean many;
  private final String letter;

  private ValueSpec(
      String name,
      ValueType type,
      String summary,
      boolean required,
      String fallback,
      List<String> choices,
      boolean many,
      String letter) {
    this.name = name;
    this.type = Objects.requireNonNull(type);
    this.summary = summary;
    this.required = required;
    this.fallback = fallback;
    this.choices = List.copyOf(choices);
    this.many = many;
    this.letter = letter;
    if (!NAME.matcher(name).matches()) {
      throw new IllegalArgumentException("not a name for a value: \"" + name + "\"");
    }
    if (summary.isBlank()) {
      throw new IllegalArgumentException("\"" + name + "\" needs a summary");
    }
    if (many && (type == ValueType.FLAG || fallback != null)) {
      throw new IllegalArgumentException(
          "\"" + name + "\" takes any number of values, so it is no flag and has no default");
    }
    if (fallback != null && !choices.isEmpty() && !choices.contains(fallback)) {
      throw new IllegalArgumentException("the default of \"" + name + "\" is none of its choices");
    }
  }

  /** A value that must be given. */
  public static ValueSpec required(String name, ValueType type, String summary) {
    return new ValueSpec(
        name, type, summary, true, null, List.of(), type == ValueType.COMMAND, null);
  }

  /** A value that may be missing. */
  public static ValueSpec optional(String name, ValueType type, String summary) {
    return new ValueSpec(
        name, type, summary, false, null, List.of(), type == ValueType.COMMAND, null);
  }

  /** An option without a value. */
  public static ValueSpec flag(String name, String summary) {
    return new ValueSpec(name, ValueType.FLAG, summary, false, null, List.of(), false, null);
  }

  /** The same, with a value for when none is given. */
  public ValueSpec orElse(String value) {
    return new ValueSpec(name, type, summary, false, value, choices, many, letter);
  }

  /** The same, restricted to some words. */
  public ValueSpec oneOf(String... words) {
    return new ValueSpec(name, type, summary, required, fallback, List.of(words), many, letter);
  }

  /**
   * The same, taking any number of values: as an option by being repeated, as the last argument by
   * taking all that is left. Required means at least one. Read with {@link CommandCall#list}.
   */
  public ValueSpec many() {
    return new ValueSpec(name, type, summary, required, fallback, choices, true, letter);
  }

  /**
   * The same, as an option that goes by one letter too: {@code -f} for {@code f}. Those of every
   * command ({@code -o}, {@code -q}, {@code -h}) are taken.
   */
  public ValueSpec orLetter(char one) {
    if (!Character.isLetter(one) || one > 'z' || "oqh".indexOf(one) >= 0) {
      throw new IllegalArgumentException("not a letter for \"" + name + "\": " + one);
    }
    return new ValueSpec(
        name, type, summary, required, fallback, choices, many, String.valueOf(one));
  }

  /** Lower-case words joined by hyphens; {@code --name} when it is an option. */
  public String name() {
    return name;
  }

  public ValueType type() {
    return type;
  }

  public String summary() {
    return summary;
  }

  public boolean isRequired() {
    return required;
  }

  /** The default. */
  public Optional<String> fallback() {
    return Optional.ofNullable(fallback);
  }

  /** The letter it goes by too, as an option. */
  public Optional<String> letter() {
    return Optional.ofNullable(letter);
  }

  /** Whether it takes any number of values. */
  public boolean isMany() {
    return many;
  }

  /** Empty when any value will do. */
  public List<String> choices() {
    return choices;
  }
}
