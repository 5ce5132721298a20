package dev.banger.api;

import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.regex.Pattern;

/**
 * A step as data. Immutable; made with {@link #required} or {@link #bestEffort}, refined by the
 * other methods, each of which returns a new value.
 *
 * <p>Order inside a phase: what a step comes {@link #after} first, then the plugin's id, then the
 * order of declaration.
 */
public final class StepSpec {
  private static final Pattern NAME = Pattern.compile("[a-z][a-z0-9]*(-[a-z0-9]+)*");
  private static final Pattern REFERENCE =
      Pattern.compile("[a-z][a-z0-9-]{0,39}(/[a-z][a-z0-9-]{0,39})?");
  private static final Duration LONGEST = Duration.ofMinutes(10);

  private final String name;
  private final Phase phase;
  private final StepPolicy policy;
  private final Duration startLimit;
  private final Duration stopLimit;
  private final List<String> after;
  private final int receiptVersion;

  private StepSpec(
      String name,
      Phase phase,
      StepPolicy policy,
      Duration startLimit,
      Duration stopLimit,
      List<String> after,
      int receiptVersion) {
    this.name = Objects.requireNonNull(name);
    this.phase = Objects.requireNonNull(phase);
    this.policy = Objects.requireNonNull(policy);
    this.startLimit = limit(startLimit);
    this.stopLimit = limit(stopLimit);
    this.after = List.copyOf(after);
    this.receiptVersion = receiptVersion;
    check(name.length() <= 40 && NAME.matcher(name).matches(), "not a name for a step: " + name);
    check(receiptVersion > 0, "the version of a receipt is 1 or more, not " + receiptVersion);
    for (String reference : after) {
      check(REFERENCE.matcher(reference).matches(), "not PLUGIN or PLUGIN/STEP: " + reference);
    }
  }

  /**
   * A step whose failure fails the start.
   *
   * @param name lower-case letters, digits and hyphens, at most 40; unique within the plugin
   */
  public static StepSpec required(String name, Phase phase) {
    return of(name, phase, StepPolicy.REQUIRED);
  }

  /** A step whose failure leaves the VM running, shown as degraded. */
  public static StepSpec bestEffort(String name, Phase phase) {
    return of(name, phase, StepPolicy.BEST_EFFORT);
  }

  private static StepSpec of(String name, Phase phase, StepPolicy policy) {
    return new StepSpec(
        name, phase, policy, Duration.ofSeconds(30), Duration.ofSeconds(15), List.of(), 1);
  }

  private static Duration limit(Duration limit) {
    check(
        limit.toMillis() > 0 && limit.compareTo(LONGEST) <= 0,
        "a step takes 1 ms to 10 min, not " + limit);
    return limit;
  }

  private static void check(boolean fine, String problem) {
    if (!fine) {
      throw new IllegalArgumentException(problem);
    }
  }

  /**
   * How long {@link LifecycleStep#start} may take: 1 ms to 10 min, 30 s when not said. Past it the
   * thread is interrupted, and what it has begun is undone.
   */
  public StepSpec startWithin(Duration limit) {
    return new StepSpec(name, phase, policy, limit, stopLimit, after, receiptVersion);
  }

  /** How long stop and observe may take: 1 ms to 10 min, 15 s when not said. */
  public StepSpec stopWithin(Duration limit) {
    return new StepSpec(name, phase, policy, startLimit, limit, after, receiptVersion);
  }

  /**
   * Runs later than these when they are there, and is stopped before them. While this step cannot
   * be stopped, they are kept.
   *
   * @param others {@code PLUGIN/STEP}, or {@code PLUGIN} for all steps of another plugin
   */
  public StepSpec after(String... others) {
    return new StepSpec(
        name, phase, policy, startLimit, stopLimit, List.of(others), receiptVersion);
  }

  /** Goes up by one whenever the receipt's record changes; 1 when not said. */
  public StepSpec receiptVersion(int version) {
    return new StepSpec(name, phase, policy, startLimit, stopLimit, after, version);
  }

  public String name() {
    return name;
  }

  public Phase phase() {
    return phase;
  }

  public StepPolicy policy() {
    return policy;
  }

  public Duration startLimit() {
    return startLimit;
  }

  public Duration stopLimit() {
    return stopLimit;
  }

  public List<String> after() {
    return after;
  }

  public int receiptVersion() {
    return receiptVersion;
  }
}
