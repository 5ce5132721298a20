package dev.banger.api.build;

import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * Plain records, as {@code dev.banger.api} describes them, to and from the tree that JSON has:
 * strings, longs, doubles, booleans, null, lists and string-keyed maps. Durations and instants are
 * ISO 8601, paths and enums text; an empty {@code Optional} is null.
 */
public final class PlainRecords {
  private static final int MAX_DEPTH = 16;

  private PlainRecords() {}

  /**
   * @throws IllegalArgumentException naming the component whose type is none of those allowed
   */
  public static void check(Class<? extends Record> type) {
    check(type, new HashSet<>());
  }

  private static void check(Class<?> type, Set<Class<?>> above) {
    if (!above.add(type)) {
      throw new IllegalArgumentException(type.getSimpleName() + " contains itself");
    }
    for (RecordComponent component : type.getRecordComponents()) {
      String where = type.getSimpleName() + "." + component.getName();
      checkType(component.getGenericType(), where, above);
    }
    above.remove(type);
  }

  private static void checkType(Type type, String where, Set<Class<?>> above) {
    if (type instanceof Class<?> simple) {
      if (simple.isRecord()) {
        check(simple, above);
        return;
      }
      if (simple.isEnum() || LEAVES.contains(simple)) {
        return;
      }
    } else if (type instanceof ParameterizedType generic) {
      Type[] arguments = generic.getActualTypeArguments();
      if (generic.getRawType() == List.class || generic.getRawType() == Optional.class) {
        checkType(arguments[0], where, above);
        return;
      }
      if (generic.getRawType() == Map.class && arguments[0] == String.class) {
        checkType(arguments[1], where, above);
        return;
      }
    }
    throw new IllegalArgumentException(
        "%s is a %s, which a plain record cannot hold".formatted(where, type.getTypeName()));
  }

  private static final Set<Class<?>> LEAVES =
      Set.of(
          String.class,
          boolean.class,
          Boolean.class,
          int.class,
          Integer.class,
          long.class,
          Long.class,
          double.class,
          Double.class,
          Duration.class,
          Instant.class,
          Path.class);

  /** The fields in the order of the components. */
  public static Map<String, Object> toTree(Record record) {
    Map<String, Object> fields = new LinkedHashMap<>();
    for (RecordComponent component : record.getClass().getRecordComponents()) {
      String where = record.getClass().getSimpleName() + "." + component.getName();
      fields.put(component.getName(), toNode(value(record, component), where, 0));
    }
    return fields;
  }

  /** What a component holds, never null. */
  static Object value(Record record, RecordComponent component) {
    try {
      component.getAccessor().setAccessible(true);
      return Objects.requireNonNull(
          component.getAccessor().invoke(record),
          () -> record.getClass().getSimpleName() + "." + component.getName() + " is null");
    } catch (IllegalAccessException | InvocationTargetException e) {
      throw new IllegalArgumentException("cannot read " + component, e);
    }
  }

  private static Object toNode(Object value, String where, int depth) {
    if (depth > MAX_DEPTH) {
      throw new IllegalArgumentException(where + " is nested more than " + MAX_DEPTH + " deep");
    }
    return switch (value) {
      case null -> throw new IllegalArgumentException(where + " holds a null");
      case String text -> text;
      case Boolean truth -> truth;
      case Integer number -> number.longValue();
      case Long number -> number;
      case Double number when Double.isFinite(number) -> number;
      case Enum<?> constant -> constant.name();
      case Duration _, Instant _, Path _ -> value.toString();
      case Optional<?> maybe -> maybe.map(inner -> toNode(inner, where, depth + 1)).orElse(null);
      case List<?> list -> {
        List<Object> nodes = new ArrayList<>(list.size());
        list.forEach(item -> nodes.add(toNode(item, where, depth + 1)));
        yield nodes;
      }
      case Map<?, ?> map -> {
        Map<String, Object> nodes = new LinkedHashMap<>();
        map.forEach((key, item) -> nodes.put((String) key, toNode(item, where, depth + 1)));
        yield nodes;
      }
      case Record inner -> {
        Map<String, Object> nodes = new LinkedHashMap<>();
        for (RecordComponent component : inner.getClass().getRecordComponents()) {
          nodes.put(
              component.getName(),
              toNode(value(inner, component), where + "." + component.getName(), depth + 1));
        }
        yield nodes;
      }
      default ->
          throw new IllegalArgumentException(
              "%s holds a %s".formatted(where, value.getClass().getName()));
    };
  }

  /**
   * @param fields every component, except that an {@code Optional} may be missing, and nothing else
   * @throws IllegalArgumentException naming the field that is missing, unknown or of another type,
   *     or what the record's constructor said
   */
  public static <R extends Record> R fromTree(Class<R> type, Map<String, Object> fields) {
    return type.cast(record(type, fields, type.getSimpleName()));
  }

  private static Object record(Class<?> type, Map<?, ?> fields, String where) {
    RecordComponent[] components = type.getRecordComponents();
    Class<?>[] types = new Class<?>[components.length];
    Object[] values = new Object[components.length];
    int missing = 0;
    for (int i = 0; i < components.length; i++) {
      String name = components[i].getName();
      boolean isMissing = !fields.containsKey(name);
      missing += isMissing ? 1 : 0;
      if (isMissing && components[i].getType() != Optional.class) {
        throw new IllegalArgumentException("%s.%s is missing".formatted(where, name));
      }
      types[i] = components[i].getType();
      values[i] = fromNode(components[i].getGenericType(), fields.get(name), where + "." + name);
    }
    if (fields.size() > components.length - missing) {
      Set<Object> unknown = new HashSet<>(fields.keySet());
      for (RecordComponent component : components) {
        unknown.remove(component.getName());
      }
      throw new IllegalArgumentException("%s has no %s".formatted(where, unknown));
    }
    return construct(type, types, values);
  }

  private static Object construct(Class<?> type, Class<?>[] types, Object[] values) {
    try {
      Constructor<?> constructor = type.getDeclaredConstructor(types);
      constructor.setAccessible(true);
      return constructor.newInstance(values);
    } catch (InvocationTargetException e) {
      if (e.getCause() instanceof Error error) {
        throw error;
      }
      throw new IllegalArgumentException(e.getCause().getMessage(), e.getCause());
    } catch (ReflectiveOperationException e) {
      throw new IllegalArgumentException("cannot make a " + type.getSimpleName(), e);
    }
  }

  /**
   * One value.
   *
   * @param where for messages
   */
  static Object fromNode(Type type, Object node, String where) {
    if (type instanceof ParameterizedType generic) {
      Type[] arguments = generic.getActualTypeArguments();
      if (generic.getRawType() == Optional.class) {
        return node == null ? Optional.empty() : Optional.of(fromNode(arguments[0], node, where));
      }
      if (generic.getRawType() == List.class && node instanceof List<?> list) {
        List<Object> values = new ArrayList<>(list.size());
        for (int i = 0; i < list.size(); i++) {
          values.add(fromNode(arguments[0], list.get(i), where + "[" + i + "]"));
        }
        return Collections.unmodifiableList(values);
      }
      if (generic.getRawType() == Map.class && node instanceof Map<?, ?> map) {
        Map<String, Object> values = new LinkedHashMap<>();
        map.forEach(
            (key, item) ->
                values.put((String) key, fromNode(arguments[1], item, where + "." + key)));
        return Collections.unmodifiableMap(values);
      }
      throw wrong(where, type, node);
    }
    Class<?> wanted = (Class<?>) type;
    if (wanted.isRecord() && node instanceof Map<?, ?> fields) {
      return record(wanted, fields, where);
    }
    return leaf(wanted, node, where);
  }

  private static Object leaf(Class<?> wanted, Object node, String where) {
    return switch (node) {
      case String text when wanted == String.class -> text;
      case String text -> fromText(wanted, text, where);
      case Boolean truth when wanted == boolean.class || wanted == Boolean.class -> truth;
      case Long number when wanted == long.class || wanted == Long.class -> number;
      case Long number
          when (wanted == int.class || wanted == Integer.class) && number.intValue() == number ->
          number.intValue();
      case Long number when wanted == double.class || wanted == Double.class ->
          number.doubleValue();
      case Double number when wanted == double.class || wanted == Double.class -> number;
      case null, default -> throw wrong(where, wanted, node);
    };
  }

  private static Object fromText(Class<?> wanted, String text, String where) {
    try {
      if (wanted == Duration.class) {
        return Duration.parse(text);
      }
      if (wanted == Instant.class) {
        return Instant.parse(text);
      }
      if (wanted == Path.class) {
        return Path.of(text);
      }
    } catch (DateTimeException | InvalidPathException e) {
      throw wrong(where, wanted, text);
    }
    if (wanted.isEnum()) {
      for (Object constant : wanted.getEnumConstants()) {
        if (((Enum<?>) constant).name().equals(text)) {
          return constant;
        }
      }
    }
    throw wrong(where, wanted, text);
  }

  private static IllegalArgumentException wrong(String where, Type wanted, Object node) {
    String name = wanted instanceof Class<?> type ? type.getSimpleName() : wanted.getTypeName();
    return new IllegalArgumentException("%s is no %s: %s".formatted(where, name, node));
  }
}
