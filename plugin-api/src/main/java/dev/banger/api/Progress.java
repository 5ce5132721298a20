package dev.banger.api;

/** Tells whoever watches a command what is going on. Thread-safe, never blocks for long. */
public interface Progress {
  /**
   * @param stage stable snake-case name, for example {@code copy_files}, or the plugin's id
   */
  void started(String stage);

  /** A remark while a stage runs. */
  void note(String stage, String message);

  /**
   * @param message what came of it; may be empty
   */
  void done(String stage, String message);
}
