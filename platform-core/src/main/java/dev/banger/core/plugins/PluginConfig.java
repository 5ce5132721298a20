package dev.banger.core.plugins;

import dev.banger.api.CapabilityException;
import dev.banger.api.FailureKind;
import dev.banger.api.build.ConfigKeys;
import dev.banger.api.build.PlainRecords;
import dev.banger.core.config.Durations;
import dev.banger.core.config.Nearest;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * What people configured for a plugin, over its defaults. What is written the configuration file's
 * way ({@code "30s"}, {@code ~/}, lower-case words) becomes a plain record's tree, and that the
 * record. Calls the plugin's code (its constructors), so it belongs behind the gate.
 */
final class PluginConfig {
  /** The component that {@code [[some_id]]} fills. */
  static final String ENTRIES = "entries";

  private final String table;
  private final String entries;
  private final Path home;
  private final List<String> problems = new ArrayList<>();

  /** Whether something is so wrong that there is no record to be made of it. */
  private boolean isFutile;

  private PluginConfig(String pluginId, Path home) {
    this.table = "[plugins." + pluginId + "]";
    this.entries = pluginId.replace('-', '_');
    this.home = home;
  }

  /**
   * @param table {@code [plugins.ID]}: strings, longs, doubles, booleans, lists and maps
   * @param home what {@code ~/} stands for
   * @return null when the plugin has no configuration
   * @throws CapabilityException of kind INVALID naming every key with which something is wrong
   */
  static Record of(
      String pluginId, Optional<Record> defaults, Map<String, Object> table, Path home) {
    PluginConfig config = new PluginConfig(pluginId, home);
    Record record = config.read(defaults, table);
    if (config.problems.isEmpty()) {
      return record;
    }
    throw new CapabilityException(
        FailureKind.INVALID, String.join("; ", config.problems), "banger config check");
  }

  /** All that is wrong with a table, each in one sentence; empty when {@link #of} would take it. */
  static List<String> problems(
      String pluginId, Optional<Record> defaults, Map<String, Object> table, Path home) {
    PluginConfig config = new PluginConfig(pluginId, home);
    var _ = config.read(defaults, table);
    return List.copyOf(config.problems);
  }

  private Record read(Optional<Record> defaults, Map<String, Object> given) {
    if (defaults.isEmpty()) {
      if (!given.isEmpty()) {
        refuse("", "has %s, and the plugin has nothing to configure", given.keySet());
      }
      return null;
    }
    Class<? extends Record> type = defaults.get().getClass();
    Map<String, Object> tree = record(type, PlainRecords.toTree(defaults.get()), given, "");
    if (isFutile) {
      return null;
    }
    try {
      return PlainRecords.fromTree(type, tree);
    } catch (IllegalArgumentException e) {
      // A constructor may have more than one thing to say, each on a line.
      for (String problem : String.valueOf(e.getMessage()).split("\n")) {
        if (problem.startsWith(entries + "[")) {
          problems.add(problem);
        } else {
          refuse("", "%s", problem);
        }
      }
      return null;
    }
  }

  private Map<String, Object> record(
      Class<?> type, Map<?, ?> defaults, Map<?, ?> given, String where) {
    Map<String, RecordComponent> known = new LinkedHashMap<>();
    for (RecordComponent component : type.getRecordComponents()) {
      known.put(ConfigKeys.key(component.getName()), component);
    }
    for (Object key : given.keySet()) {
      if (!known.containsKey(key)) {
        refuse(where + key, "is unknown%s", meant(String.valueOf(key), known));
      }
    }
    Map<String, Object> tree = new LinkedHashMap<>();
    known.forEach(
        (key, component) -> {
          Object fallback = defaults.get(component.getName());
          Object value = given.get(key);
          if (value != null) {
            tree.put(
                component.getName(),
                node(component.getGenericType(), fallback, value, where + key));
          } else if (defaults.containsKey(component.getName())) {
            tree.put(component.getName(), fallback);
          } else if (component.getType() == Optional.class) {
            tree.put(component.getName(), null);
          } else {
            var _ = futile(where + key, "is missing");
          }
        });
    return tree;
  }

  private static String meant(String key, Map<String, RecordComponent> known) {
    return Nearest.to(key, known.keySet())
        .map(near -> "; did you mean " + near + "?")
        .orElse("; it has " + String.join(", ", known.keySet()));
  }

  private Object node(Type type, Object fallback, Object given, String where) {
    if (type instanceof ParameterizedType generic) {
      Type inner = generic.getActualTypeArguments()[generic.getActualTypeArguments().length - 1];
      if (generic.getRawType() == Optional.class) {
        return node(inner, fallback, given, where);
      }
      if (generic.getRawType() == List.class && given instanceof List<?> list) {
        List<Object> nodes = new ArrayList<>();
        for (int i = 0; i < list.size(); i++) {
          nodes.add(node(inner, null, list.get(i), where + "[" + i + "]"));
        }
        return nodes;
      }
      if (generic.getRawType() == Map.class && given instanceof Map<?, ?> map) {
        Map<String, Object> nodes = new LinkedHashMap<>();
        map.forEach(
            (key, value) -> nodes.put((String) key, node(inner, null, value, where + "." + key)));
        return nodes;
      }
      return futile(
          where,
          "must be a %s, not %s",
          generic.getRawType() == List.class ? "list" : "table",
          shown(given));
    }
    Class<?> wanted = (Class<?>) type;
    if (!wanted.isRecord()) {
      return leaf(wanted, given, where);
    }
    if (given instanceof Map<?, ?> map) {
      return record(
          wanted, fallback instanceof Map<?, ?> inner ? inner : Map.of(), map, where + ".");
    }
    return futile(where, "must be a table, not %s", shown(given));
  }

  private Object leaf(Class<?> wanted, Object given, String where) {
    if (wanted.isEnum()) {
      return constant(wanted, given, where);
    }
    String type = wanted.getSimpleName();
    return switch (given) {
      case String text when wanted == String.class -> text;
      case String text when wanted == Duration.class -> duration(text, where);
      case String text when wanted == Instant.class -> instant(text, where);
      case String text when wanted == Path.class -> path(text, where);
      case Boolean truth when type.equalsIgnoreCase("boolean") -> truth;
      case Long number when type.equalsIgnoreCase("long") || type.equalsIgnoreCase("double") ->
          number;
      case Long number when type.startsWith("int") || type.startsWith("Int") ->
          whole(number, where);
      case Double number when type.equalsIgnoreCase("double") -> number;
      default -> futile(where, "must be %s, not %s", words(wanted), shown(given));
    };
  }

  private Object whole(long number, String where) {
    if ((int) number == number) {
      return number;
    }
    return futile(where, "must be %s, not %d", words(int.class), number);
  }

  private static String words(Class<?> wanted) {
    return switch (wanted.getSimpleName()) {
      case "String" -> "a text";
      case "boolean", "Boolean" -> "true or false";
      case "int", "Integer" -> "a whole number of 32 bits";
      case "long", "Long" -> "a whole number";
      case "double", "Double" -> "a number";
      case "Duration" -> "a duration such as \"20s\"";
      case "Instant" -> "a time such as \"2026-01-31T12:00:00Z\"";
      default -> "a path";
    };
  }

  private Object constant(Class<?> wanted, Object given, String where) {
    List<String> words = new ArrayList<>();
    for (Object constant : wanted.getEnumConstants()) {
      String name = ((Enum<?>) constant).name();
      String word = name.toLowerCase(Locale.ROOT).replace('_', '-');
      if (word.equals(given)) {
        return name;
      }
      words.add(word);
    }
    return futile(where, "must be one of %s, not %s", String.join(", ", words), shown(given));
  }

  private Object duration(String text, String where) {
    try {
      Duration duration = Durations.parse(text);
      return duration.toString();
    } catch (IllegalArgumentException e) {
      return futile(where, "must be %s, not %s", e.getMessage(), shown(text));
    }
  }

  private Object instant(String text, String where) {
    try {
      return Instant.parse(text).toString();
    } catch (DateTimeParseException e) {
      return futile(where, "must be %s, not %s", words(Instant.class), shown(text));
    }
  }

  private Object path(String text, String where) {
    try {
      Path path = text.startsWith("~/") ? home.resolve(text.substring(2)) : Path.of(text);
      if (path.isAbsolute()) {
        return path.normalize().toString();
      }
    } catch (InvalidPathException e) {
      return futile(where, "is no path: %s", shown(text));
    }
    return futile(where, "must be an absolute path or one under ~/, not %s", shown(text));
  }

  private static String shown(Object given) {
    String text = given instanceof String ? "\"" + given + "\"" : String.valueOf(given);
    return text.length() <= 80 ? text : text.substring(0, 80) + "...";
  }

  /** What is wrong with a value that nothing can stand in for. */
  private Object futile(String where, String sentence, Object... parts) {
    isFutile = true;
    refuse(where, sentence, parts);
    return null;
  }

  private void refuse(String where, String sentence, Object... parts) {
    String subject = where.isEmpty() ? table + " " : table + " " + where + " ";
    if (where.startsWith(ENTRIES + "[")) {
      subject = entries + where.substring(ENTRIES.length()) + " ";
    }
    problems.add(subject + sentence.formatted(Arrays.stream(parts).toArray()));
  }
}
