package dev.banger.core.config;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A plugin's table as plugins see it: one level, values as text. */
final class PluginTexts {
  private PluginTexts() {}

  /**
   * {@code more.deep} is an entry of the table {@code more}, {@code list.0} the first of a list.
   */
  static Map<String, String> of(Map<String, Object> table) {
    Map<String, String> texts = new LinkedHashMap<>();
    table.forEach((key, value) -> put(texts, key, value));
    return texts;
  }

  private static void put(Map<String, String> texts, String key, Object value) {
    switch (value) {
      case Map<?, ?> inner -> inner.forEach((name, each) -> put(texts, key + "." + name, each));
      case List<?> list -> {
        for (int i = 0; i < list.size(); i++) {
          put(texts, key + "." + i, list.get(i));
        }
      }
      default -> texts.put(key, value.toString());
    }
  }
}
