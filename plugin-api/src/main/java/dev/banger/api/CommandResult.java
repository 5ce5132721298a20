package dev.banger.api;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a command answers: one object, or a list of them. Field names are lower-camel; values are
 * strings, booleans, integers (up to 64 bits), doubles, null, and lists and string-keyed maps of
 * those, at most 16 deep. Immutable.
 */
public final class CommandResult {
  /** At most this many failures are told beside a result. */
  public static final int MOST_FAILURES = 4096;

  private static final int MAX_DEPTH = 16;

  private final Object value;
  private final int exitCode;
  private final List<CapabilityException> failures;

  private CommandResult(Object value, int exitCode) {
    this(value, exitCode, List.of());
  }

  private CommandResult(Object value, int exitCode, List<CapabilityException> failures) {
    this.value = value;
    this.exitCode = exitCode;
    this.failures = failures;
  }

  /** Nothing to show. */
  public static CommandResult none() {
    return exit(0);
  }

  /**
   * Nothing to show, and the exit code of the command line; for a command that ends as something
   * else did, as {@code ATTACH} does.
   *
   * @param code 0 to 255
   */
  public static CommandResult exit(int code) {
    if (code < 0 || code > 255) {
      throw new IllegalArgumentException("an exit code is 0 to 255, not " + code);
    }
    return new CommandResult(Map.of(), code);
  }

  /** 0 unless made by {@link #exit}; 1 for what is {@linkplain #withFailures partly} a failure. */
  public int exitCode() {
    return exitCode;
  }

  /** One object with fields in the given order. */
  public static CommandResult object(Map<String, ?> fields) {
    return new CommandResult(frozen(fields, 0), 0);
  }

  /** A table. */
  public static CommandResult rows(List<? extends Map<String, ?>> rows) {
    return new CommandResult(frozen(rows, 0), 0);
  }

  /**
   * The same, from a command that did part of what it was asked for, in mode {@code ANSWER} or
   * {@code LIVE}: the result and all rows are shown, then each failure as an error, and the exit
   * code is 1, unless {@link #exit} has set another. No {@link CommandFollower} follows. Without
   * failures, the same.
   *
   * @param more what failed, each message naming what it is about; at most {@link #MOST_FAILURES}
   *     in all
   * @throws IllegalArgumentException when they are more
   */
  public CommandResult withFailures(List<CapabilityException> more) {
    List<CapabilityException> all = new ArrayList<>(failures);
    all.addAll(more);
    if (all.size() > MOST_FAILURES) {
      throw new IllegalArgumentException(
          "%d failures are more than %d".formatted(all.size(), MOST_FAILURES));
    }
    int code = exitCode == 0 && !all.isEmpty() ? 1 : exitCode;
    return new CommandResult(value, code, List.copyOf(all));
  }

  /** What the command could not do; empty unless made by {@link #withFailures}. */
  public List<CapabilityException> failures() {
    return failures;
  }

  /** A map or a list of maps. */
  public Object value() {
    return value;
  }

  private static Object frozen(Object part, int depth) {
    if (depth > MAX_DEPTH) {
      throw new IllegalArgumentException("a result is nested more than " + MAX_DEPTH + " deep");
    }
    return switch (part) {
      case null -> null;
      case String text -> text;
      case Boolean truth -> truth;
      case Integer number -> number;
      case Long number -> number;
      case Double number when Double.isFinite(number) -> number;
      case List<?> list -> {
        List<Object> copy = new ArrayList<>(list.size());
        for (Object item : list) {
          copy.add(frozen(item, depth + 1));
        }
        yield Collections.unmodifiableList(copy);
      }
      case Map<?, ?> map -> {
        Map<String, Object> copy = new LinkedHashMap<>();
        for (Map.Entry<?, ?> field : map.entrySet()) {
          if (!(field.getKey() instanceof String key)) {
            throw new IllegalArgumentException("a field's name is not a string: " + field.getKey());
          }
          copy.put(key, frozen(field.getValue(), depth + 1));
        }
        yield Collections.unmodifiableMap(copy);
      }
      default ->
          throw new IllegalArgumentException(
              "a result cannot hold a " + part.getClass().getName() + ": " + part);
    };
  }
}
