package dev.banger.api;

/** How a command talks to whoever uses it. */
public enum CommandMode {
  /** One answer at the end. */
  ANSWER,
  /** Rows as they come, through {@link CommandCall#emit}, until it ends or is interrupted. */
  LIVE,
  /** Bytes in both directions, through {@link CommandCall#terminal}, with an exit code. */
  ATTACH;

  /** As in manifests: {@code answer}, {@code live}, {@code attach}. */
  public String wireName() {
    return name().toLowerCase(java.util.Locale.ROOT);
  }
}
