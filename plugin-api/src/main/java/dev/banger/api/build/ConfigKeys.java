package dev.banger.api.build;

import dev.banger.api.Summary;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** A plugin's configuration record as keys of the configuration file. */
public final class ConfigKeys {
  private ConfigKeys() {}

  /** {@code maxFiles} is the key {@code max_files}. */
  public static String key(String component) {
    StringBuilder key = new StringBuilder();
    for (int i = 0; i < component.length(); i++) {
      char c = component.charAt(i);
      if (Character.isUpperCase(c)) {
        key.append('_');
      }
      key.append(Character.toLowerCase(c));
    }
    return key.toString();
  }

  /** Key, type, default and summary of each component, for the manifest. */
  static List<Map<String, Object>> describe(Record defaults) {
    Map<String, Object> values = PlainRecords.toTree(defaults);
    List<Map<String, Object>> keys = new ArrayList<>();
    for (RecordComponent component : defaults.getClass().getRecordComponents()) {
      Map<String, Object> key = new LinkedHashMap<>();
      key.put("key", key(component.getName()));
      key.put("type", typeName(component.getGenericType()));
      key.put("default", values.get(component.getName()));
      key.put(
          "summary",
          Optional.ofNullable(component.getAnnotation(Summary.class))
              .map(Summary::value)
              .orElse(""));
      keys.add(key);
    }
    return keys;
  }

  private static String typeName(Type type) {
    if (type instanceof ParameterizedType generic) {
      Type[] arguments = generic.getActualTypeArguments();
      if (generic.getRawType() == Optional.class) {
        return typeName(arguments[0]);
      }
      return generic.getRawType() == List.class
          ? "list of " + typeName(arguments[0])
          : "table of " + typeName(arguments[1]);
    }
    Class<?> simple = (Class<?>) type;
    if (simple.isRecord()) {
      return "table";
    }
    if (simple.isEnum()) {
      List<String> names = new ArrayList<>();
      for (Object constant : simple.getEnumConstants()) {
        names.add(((Enum<?>) constant).name().toLowerCase(Locale.ROOT).replace('_', '-'));
      }
      return String.join("|", names);
    }
    if (simple == Duration.class) {
      return "duration";
    }
    if (simple == Instant.class) {
      return "time";
    }
    if (simple == Path.class) {
      return "path";
    }
    return switch (simple.getSimpleName()) {
      case "String" -> "text";
      case "boolean", "Boolean" -> "bool";
      case "double", "Double" -> "number";
      default -> "int";
    };
  }
}
