package dev.banger.core.config;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.tomlj.TomlArray;
import org.tomlj.TomlTable;

/** TOML for those who do not know the TOML library: maps, lists, strings, numbers, booleans. */
final class PlainValues {
  private static final int DEEPEST = 16;

  private PlainValues() {}

  /**
   * @throws IllegalArgumentException when it is nested more than {@value #DEEPEST} deep
   */
  static Map<String, Object> of(TomlTable table) {
    return map(table, 0);
  }

  private static Map<String, Object> map(TomlTable table, int depth) {
    Map<String, Object> map = new LinkedHashMap<>();
    for (String key : table.keySet()) {
      map.put(key, value(table.get(List.of(key)), depth + 1));
    }
    return Collections.unmodifiableMap(map);
  }

  private static Object value(Object raw, int depth) {
    if (depth > DEEPEST) {
      throw new IllegalArgumentException("nested more than " + DEEPEST + " deep");
    }
    return switch (raw) {
      case TomlTable table -> map(table, depth);
      case TomlArray array -> {
        List<Object> list = new ArrayList<>();
        for (int i = 0; i < array.size(); i++) {
          list.add(value(array.get(i), depth + 1));
        }
        yield List.copyOf(list);
      }
      case String _, Long _, Double _, Boolean _ -> raw;
      default -> raw.toString();
    };
  }
}
