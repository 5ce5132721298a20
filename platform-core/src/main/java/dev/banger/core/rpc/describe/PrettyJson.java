package dev.banger.core.rpc.describe;

import dev.banger.client.Json;
import java.util.Iterator;
import java.util.Map;

/** JSON for people: a field a line, two spaces a level; what is short stays on its line. */
public final class PrettyJson {
  private static final int WIDTH = 100;

  private final StringBuilder text = new StringBuilder();

  private PrettyJson() {}

  /** Ends with a newline. */
  public static String of(Json json) {
    PrettyJson pretty = new PrettyJson();
    pretty.append(json, 0);
    return pretty.text.append('\n').toString();
  }

  private void append(Json json, int depth) {
    String flat = json.toString();
    boolean isShort = 2 * depth + flat.length() <= WIDTH && !hasObjects(json);
    if (isShort || (json.fields().isEmpty() && json.elements().isEmpty())) {
      text.append(flat);
    } else if (json.isObject()) {
      text.append('{');
      Iterator<Map.Entry<String, Json>> fields = json.fields().entrySet().iterator();
      while (fields.hasNext()) {
        Map.Entry<String, Json> field = fields.next();
        line(depth + 1).append(Json.of(field.getKey())).append(": ");
        append(field.getValue(), depth + 1);
        text.append(fields.hasNext() ? "," : "");
      }
      line(depth).append('}');
    } else {
      text.append('[');
      Iterator<Json> elements = json.elements().iterator();
      while (elements.hasNext()) {
        line(depth + 1);
        append(elements.next(), depth + 1);
        text.append(elements.hasNext() ? "," : "");
      }
      line(depth).append(']');
    }
  }

  private static boolean hasObjects(Json json) {
    return json.elements().stream().anyMatch(Json::isObject)
        || json.fields().values().stream().anyMatch(value -> value.isObject() || value.isArray());
  }

  private StringBuilder line(int depth) {
    return text.append('\n').append("  ".repeat(depth));
  }
}
