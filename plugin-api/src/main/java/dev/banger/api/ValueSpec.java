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

  private ValueSpec(
      String name,
      ValueType type,
      String summary,
      boolean required,
      String fallback,
      List<String> choices) {
    this.name = name;
    this.type = Objects.requireNonNull(type);
    this.summary = summary;
    this.required = required;
    this.fallback = fallback;
    this.choices = List.copyOf(choices);
    if (!NAME.matcher(name).matches()) {
      throw new IllegalArgumentException("not a name for a value: \"" + name + "\"");
    }
    if (summary.isBlank()) {
      throw new IllegalArgumentException("\"" + name + "\" needs a summary");
    }
    if (fallback != null && !choices.isEmpty() && !choices.contains(fallback)) {
      throw new IllegalArgumentException("the default of \"" + name + "\" is none of its choices");
    }
  }

  /** A value that must be given. */
  public static ValueSpec required(String name, ValueType type, String summary) {
    return new ValueSpec(name, type, summary, true, null, List.of());
  }

  /** A value that may be missing. */
  public static ValueSpec optional(String name, ValueType type, String summary) {
    return new ValueSpec(name, type, summary, false, null, List.of());
  }

  /** An option without a value. */
  public static ValueSpec flag(String name, String summary) {
    return new ValueSpec(name, ValueType.FLAG, summary, false, null, List.of());
  }

  /** The same, with a value for when none is given. */
  public ValueSpec orElse(String value) {
    return new ValueSpec(name, type, summary, false, value, choices);
  }

  /** The same, restricted to some words. */
  public ValueSpec oneOf(String... words) {
    return new ValueSpec(name, type, summary, required, fallback, List.of(words));
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

  /** Empty when any value will do. */
  public List<String> choices() {
    return choices;
  }
}
