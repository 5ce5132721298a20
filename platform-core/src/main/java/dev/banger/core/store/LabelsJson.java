package dev.banger.core.store;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;

/** A VM's labels as one flat JSON object of strings, keys in order. */
final class LabelsJson {
  private static final JsonFactory JSON = new JsonFactory();

  private LabelsJson() {}

  static String write(Map<String, String> labels) {
    StringWriter text = new StringWriter();
    try (JsonGenerator out = JSON.createGenerator(text)) {
      out.writeStartObject();
      for (Map.Entry<String, String> label : new TreeMap<>(labels).entrySet()) {
        out.writeStringField(label.getKey(), label.getValue());
      }
      out.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return text.toString();
  }

  /**
   * @throws IllegalArgumentException when it is anything else
   */
  static Map<String, String> read(String json) {
    Map<String, String> labels = new LinkedHashMap<>();
    try (JsonParser in = JSON.createParser(json)) {
      expect(in.nextToken() == JsonToken.START_OBJECT);
      while (in.nextToken() == JsonToken.FIELD_NAME) {
        String key = in.currentName();
        expect(in.nextToken() == JsonToken.VALUE_STRING);
        labels.put(key, in.getText());
      }
      expect(in.currentToken() == JsonToken.END_OBJECT && in.nextToken() == null);
      return labels;
    } catch (IOException e) {
      throw new IllegalArgumentException("not JSON: " + e.getClass().getSimpleName(), e);
    }
  }

  private static void expect(boolean condition) {
    if (!condition) {
      throw new IllegalArgumentException("not an object of strings");
    }
  }
}
