package dev.banger.client;

import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * An immutable JSON value. Objects keep the order of their fields.
 *
 * <p>Reading is forgiving, so that a client can meet an older or newer daemon: a missing field, a
 * field of another type, a step into something that is no object all give {@link #NULL} or the
 * default the caller names.
 */
public final class Json {
  /** Deepest nesting that is read. */
  public static final int MAX_DEPTH = 64;

  public static final Json NULL = new Json(null);
  public static final Json TRUE = new Json(true);
  public static final Json FALSE = new Json(false);

  /** Map of Json, List of Json, String, Long, BigDecimal, Boolean or null. */
  private final Object value;

  private Json(Object value) {
    this.value = value;
  }

  public static Json of(String text) {
    return text == null ? NULL : new Json(text);
  }

  public static Json of(long number) {
    return new Json(number);
  }

  public static Json of(boolean truth) {
    return truth ? TRUE : FALSE;
  }

  public static Json array(List<Json> elements) {
    return new Json(List.copyOf(elements));
  }

  /** For {@link JsonReader}: a map or list that nobody changes any more. */
  static Json ofRead(Object unmodifiable) {
    return new Json(unmodifiable);
  }

  /** A whole number that fits becomes a long, so that equal values are equal. */
  public static Json ofDecimal(BigDecimal number) {
    boolean isLong = number.scale() == 0 && number.unscaledValue().bitLength() < Long.SIZE;
    return isLong ? of(number.longValueExact()) : new Json(number);
  }

  /** An array of strings. */
  public static Json strings(List<String> texts) {
    List<Json> elements = new ArrayList<>(texts.size());
    for (String text : texts) {
      elements.add(of(text));
    }
    return array(elements);
  }

  public static Json object(Map<String, Json> fields) {
    return new Json(Collections.unmodifiableMap(new LinkedHashMap<>(fields)));
  }

  /** An object of strings. */
  public static Json ofMap(Map<String, String> texts) {
    Builder object = build();
    for (Map.Entry<String, String> text : texts.entrySet()) {
      object.put(text.getKey(), text.getValue());
    }
    return object.done();
  }

  public static Builder build() {
    return new Builder();
  }

  /**
   * Reads one document and nothing after it.
   *
   * @throws MalformedJsonException when it is not JSON, is nested deeper than {@link #MAX_DEPTH},
   *     or something follows it
   */
  public static Json parse(String text) throws MalformedJsonException {
    return parse(text.getBytes(StandardCharsets.UTF_8));
  }

  /** {@link #parse(String)} of UTF-8 bytes. */
  public static Json parse(byte[] utf8) throws MalformedJsonException {
    return parse(utf8, 0, utf8.length);
  }

  static Json parse(byte[] utf8, int offset, int length) throws MalformedJsonException {
    return new JsonReader(new String(utf8, offset, length, StandardCharsets.UTF_8)).document();
  }

  public boolean isNull() {
    return value == null;
  }

  public boolean isObject() {
    return value instanceof Map;
  }

  public boolean isArray() {
    return value instanceof List;
  }

  public boolean isText() {
    return value instanceof String;
  }

  /** The field of that name, or {@link #NULL}. */
  public Json get(String name) {
    return fields().getOrDefault(name, NULL);
  }

  public boolean has(String name) {
    return fields().containsKey(name);
  }

  /** The fields, or none when this is no object. */
  @SuppressWarnings("unchecked") // only maps of Json are put into value
  public Map<String, Json> fields() {
    return value instanceof Map ? (Map<String, Json>) value : Map.of();
  }

  /** The elements, or none when this is no array. */
  @SuppressWarnings("unchecked") // only lists of Json are put into value
  public List<Json> elements() {
    return value instanceof List ? (List<Json>) value : List.of();
  }

  /** The text; a number or truth value as JSON writes it; else empty. */
  public String text() {
    if (value == null || value instanceof Map || value instanceof List) {
      return "";
    }
    return value instanceof BigDecimal number ? number.toPlainString() : value.toString();
  }

  /** The text of field {@code name}, as {@link #text()}. */
  public String text(String name) {
    return get(name).text();
  }

  /**
   * The whole number (a fraction is cut off, one beyond a long is clamped), or {@code otherwise}.
   */
  public long number(long otherwise) {
    if (value instanceof Long number) {
      return number;
    }
    if (value instanceof BigDecimal number) {
      return number.signum() < 0
          ? Math.max(Long.MIN_VALUE, (long) number.doubleValue())
          : Math.min(Long.MAX_VALUE, (long) number.doubleValue());
    }
    return otherwise;
  }

  public boolean truth(boolean otherwise) {
    return value instanceof Boolean truth ? truth : otherwise;
  }

  /** The texts of an array's elements. */
  public List<String> texts() {
    List<Json> elements = elements();
    List<String> texts = new ArrayList<>(elements.size());
    for (Json element : elements) {
      texts.add(element.text());
    }
    return texts;
  }

  /** This value as UTF-8, on one line. */
  public byte[] toBytes() {
    return toString().getBytes(StandardCharsets.UTF_8);
  }

  /** This value on one line. */
  @Override
  public String toString() {
    JsonWriter writer = new JsonWriter();
    writer.value(this);
    return writer.text();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Json json && Objects.equals(value, json.value);
  }

  @Override
  public int hashCode() {
    return Objects.hashCode(value);
  }

  /** What JSON writes for a number, a truth value or null. */
  String literal() {
    return String.valueOf(value);
  }

  /** Collects the fields of an object. */
  public static final class Builder {
    private Map<String, Json> fields = new LinkedHashMap<>();
    private boolean isShared;

    private Builder() {}

    public Builder put(String name, Json value) {
      if (isShared) {
        // What was built before must not change.
        fields = new LinkedHashMap<>(fields);
        isShared = false;
      }
      fields.put(name, value);
      return this;
    }

    public Builder put(String name, String text) {
      return put(name, of(text));
    }

    public Builder put(String name, long number) {
      return put(name, of(number));
    }

    public Builder put(String name, boolean truth) {
      return put(name, of(truth));
    }

    public Json done() {
      isShared = true;
      return new Json(Collections.unmodifiableMap(fields));
    }
  }
}
