package dev.banger.core.config;

/**
 * One key of {@code config.toml}.
 *
 * @param key with its table, for example {@code network.bridge}
 * @param doc one sentence for people
 */
public record Option<T>(String key, OptionType<T> type, T defaultValue, String doc) {
  /** The table it is in; empty for the top of the file. */
  public String table() {
    int dot = key.lastIndexOf('.');
    return dot < 0 ? "" : key.substring(0, dot);
  }

  /** The key inside its table. */
  public String shortKey() {
    return key.substring(key.lastIndexOf('.') + 1);
  }

  public String defaultToml() {
    return type.toml(defaultValue);
  }

  public String defaultText() {
    return type.format(defaultValue);
  }
}
