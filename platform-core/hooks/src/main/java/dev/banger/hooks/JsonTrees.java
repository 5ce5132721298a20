package dev.banger.hooks;

import dev.banger.api.build.JsonText;
import dev.banger.api.build.PlainRecords;
import dev.banger.client.Json;
import dev.banger.client.MalformedJsonException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Plain records, and what they are made of, as JSON. */
public final class JsonTrees {
  private JsonTrees() {}

  /**
   * @throws IllegalArgumentException when it is no plain record
   */
  public static String write(Record value) {
    return JsonText.compact(PlainRecords.toTree(value));
  }

  /**
   * @throws IllegalArgumentException when it is no JSON, no object, or does not fit the type
   */
  public static <R extends Record> R read(Class<R> type, String json) {
    return PlainRecords.fromTree(type, fields(object(json)));
  }

  /**
   * @throws IllegalArgumentException when it is anything else
   */
  public static List<String> strings(String json) {
    Json array = parse(json);
    if (!array.isArray() || !array.elements().stream().allMatch(Json::isText)) {
      throw new IllegalArgumentException("not an array of strings");
    }
    return array.texts();
  }

  /**
   * @throws IllegalArgumentException when it is anything else
   */
  public static Json object(String json) {
    Json object = parse(json);
    if (!object.isObject()) {
      throw new IllegalArgumentException("not a JSON object");
    }
    return object;
  }

  /**
   * Strings, longs, doubles, booleans, null, lists and maps.
   *
   * @throws IllegalArgumentException when it is no JSON object
   */
  public static Map<String, Object> tree(String json) {
    return fields(object(json));
  }

  private static Json parse(String json) {
    try {
      return Json.parse(json);
    } catch (MalformedJsonException e) {
      throw new IllegalArgumentException(e.getMessage(), e);
    }
  }

  private static Map<String, Object> fields(Json object) {
    Map<String, Object> fields = new LinkedHashMap<>();
    object.fields().forEach((name, value) -> fields.put(name, node(value)));
    return fields;
  }

  private static Object node(Json json) {
    if (json.isNull()) {
      return null;
    }
    if (json.isObject()) {
      return fields(json);
    }
    if (json.isArray()) {
      List<Object> items = new ArrayList<>();
      json.elements().forEach(item -> items.add(node(item)));
      return items;
    }
    if (json.isText()) {
      return json.text();
    }
    if (json.equals(Json.TRUE) || json.equals(Json.FALSE)) {
      return json.truth(false);
    }
    return number(json);
  }

  /** Not by {@code text()}, which would write 1e999999999 with all its digits. */
  private static Object number(Json json) {
    Json whole = Json.of(json.number(0));
    if (whole.equals(json)) {
      return json.number(0);
    }
    double number = Double.parseDouble(json.toString());
    if (!Double.isFinite(number)) {
      throw new IllegalArgumentException("a number out of range");
    }
    return number;
  }
}
