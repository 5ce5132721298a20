package dev.banger.core.config;

/**
 * One line of {@code config show}.
 *
 * @param value as text, without quotes
 * @param source {@code default} or {@code file}
 */
public record Setting(String key, String value, String source) {
  static final String DEFAULT = "default";
  static final String FILE = "file";
}
