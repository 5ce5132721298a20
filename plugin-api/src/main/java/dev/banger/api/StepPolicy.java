package dev.banger.api;

/** What the failure of a step means for the start it belongs to. */
public enum StepPolicy {
  /** The start fails, and everything begun is undone, this step included. */
  REQUIRED,
  /** The step alone is undone; the VM runs on and is shown as degraded, with the reason. */
  BEST_EFFORT;

  /** As in manifests: {@code required}, {@code best-effort}. */
  public String wireName() {
    return name().toLowerCase(java.util.Locale.ROOT).replace('_', '-');
  }
}
