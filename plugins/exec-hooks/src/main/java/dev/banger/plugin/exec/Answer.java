package dev.banger.plugin.exec;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a script said of itself: one JSON object, or nothing at all.
 *
 * @param receipt as one line of JSON; empty when it gave none
 * @param note for {@code plugin trace}; may be empty
 * @param degraded why it was done in part only
 * @param skipped why there was nothing to do
 * @param state what {@code observe} found: {@code present}, {@code gone}, {@code drifted} or {@code
 *     unknown}
 */
record Answer(
    Optional<String> receipt,
    String note,
    Optional<String> degraded,
    Optional<String> skipped,
    String state) {
  private static final List<String> FIELDS =
      List.of("receipt", "note", "degraded", "skipped", "state");
  private static final List<String> STATES = List.of("present", "gone", "drifted", "unknown");

  /**
   * @throws IllegalArgumentException saying what is wrong with it
   */
  static Answer parse(String text) {
    Map<String, Object> fields = text.isBlank() ? Map.of() : Json.object(text);
    for (String name : fields.keySet()) {
      if (!FIELDS.contains(name)) {
        throw new IllegalArgumentException(
            "\"%s\" is none of its fields, which are %s"
                .formatted(Words.clean(name), String.join(", ", FIELDS)));
      }
    }
    String state = words(fields, "state").orElse("unknown");
    if (!STATES.contains(state)) {
      throw new IllegalArgumentException(
          "state is %s, not \"%s\"".formatted(String.join(", ", STATES), state));
    }
    return new Answer(
        receipt(fields),
        words(fields, "note").orElse(""),
        words(fields, "degraded"),
        words(fields, "skipped"),
        state);
  }

  @SuppressWarnings("unchecked") // Json makes maps with strings as keys and nothing else.
  private static Optional<String> receipt(Map<String, Object> fields) {
    return switch (fields.get("receipt")) {
      case null -> Optional.empty();
      case Map<?, ?> map -> Optional.of(Json.text((Map<String, Object>) map));
      default -> throw new IllegalArgumentException("receipt is not an object");
    };
  }

  private static Optional<String> words(Map<String, Object> fields, String name) {
    return switch (fields.get(name)) {
      case null -> Optional.empty();
      case String text -> Optional.of(Words.clean(text));
      default -> throw new IllegalArgumentException(name + " is not a text");
    };
  }
}
