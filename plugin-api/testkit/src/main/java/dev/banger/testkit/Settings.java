package dev.banger.testkit;

import dev.banger.api.build.ConfigKeys;
import dev.banger.api.build.PlainRecords;
import java.lang.reflect.RecordComponent;
import java.util.LinkedHashMap;
import java.util.Map;

/** A plugin's configuration as the daemon makes it: what is configured, over the defaults. */
final class Settings {
  private Settings() {}

  /**
   * @param table as in the configuration file: {@code max_files}; values as JSON has them
   * @throws IllegalArgumentException naming the key that is unknown or the value that is refused
   */
  static Record over(Record defaults, Map<String, ?> table) {
    Map<String, Object> fields = new LinkedHashMap<>(PlainRecords.toTree(defaults));
    table.forEach((key, value) -> fields.put(component(defaults, key), value));
    return PlainRecords.fromTree(defaults.getClass(), fields);
  }

  private static String component(Record defaults, String key) {
    for (RecordComponent component : defaults.getClass().getRecordComponents()) {
      if (ConfigKeys.key(component.getName()).equals(key)) {
        return component.getName();
      }
    }
    throw new IllegalArgumentException("no such key: " + key);
  }
}
