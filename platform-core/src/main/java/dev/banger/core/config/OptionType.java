package dev.banger.core.config;

import java.util.List;

/** A kind of value: how it is read from TOML, and written. */
public interface OptionType<T> {
  /** For the documentation, for example {@code duration}. */
  String name();

  /**
   * @param toml what the TOML parser gives: {@code String}, {@code Long}, {@code Boolean}, ...
   * @throws IllegalArgumentException whose message completes the sentence "must be ..."
   */
  T parse(Object toml);

  /** As text without quotes, for {@code config show}. */
  String format(T value);

  /** As it is written in the file. */
  default String toml(T value) {
    return '"' + format(value) + '"';
  }

  /** What may be completed; empty when there is no closed list. */
  default List<String> choices() {
    return List.of();
  }
}
