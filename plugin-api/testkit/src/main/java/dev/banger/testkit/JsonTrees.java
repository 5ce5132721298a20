package dev.banger.testkit;

import dev.banger.client.Json;
import dev.banger.client.MalformedJsonException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** JSON as plain values: strings, longs, doubles, booleans, null, lists and maps. */
final class JsonTrees {
  private JsonTrees() {}

  /**
   * @throws IllegalArgumentException when it is no JSON object
   */
  static Map<String, Object> object(String text) {
    try {
      Json json = Json.parse(text);
      if (!json.isObject()) {
        throw new IllegalArgumentException("not a JSON object");
      }
      return fields(json);
    } catch (MalformedJsonException e) {
      throw new IllegalArgumentException("not JSON: " + e.getMessage(), e);
    }
  }

  private static Map<String, Object> fields(Json json) {
    Map<String, Object> fields = new LinkedHashMap<>();
    json.fields().forEach((name, value) -> fields.put(name, value(value)));
    return fields;
  }

  private static Object value(Json json) {
    if (json.isNull()) {
      return null;
    }
    if (json.isText()) {
      return json.text();
    }
    if (json.isObject()) {
      return fields(json);
    }
    if (json.isArray()) {
      List<Object> values = new ArrayList<>();
      json.elements().forEach(element -> values.add(value(element)));
      return values;
    }
    String word = json.toString();
    return switch (word) {
      case "true" -> true;
      case "false" -> false;
      default -> word.matches("-?[0-9]+") ? (Object) Long.parseLong(word) : Double.valueOf(word);
    };
  }
}
