package dev.banger.client;

import java.time.Duration;

/**
 * A step of an operation, as it begins or ends.
 *
 * @param operation its id, for example {@code op-3}
 * @param vm the VM's name; may be empty
 * @param name in snake case, or the id of a plugin
 * @param status {@code started}, {@code done}, {@code failed}, {@code skipped} or {@code note}
 * @param elapsed since the step began
 * @param message for people; may be empty, and may carry words of a guest
 */
public record Stage(
    String operation, String vm, String name, String status, Duration elapsed, String message) {
  static Stage of(Json params) {
    return new Stage(
        params.text("op"),
        params.text("vm"),
        params.text("stage"),
        params.text("status"),
        Duration.ofMillis(params.get("elapsedMs").number(0)),
        params.text("message"));
  }
}
