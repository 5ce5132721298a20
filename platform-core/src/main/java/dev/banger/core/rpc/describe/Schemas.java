package dev.banger.core.rpc.describe;

import dev.banger.client.Json;
import java.util.ArrayList;
import java.util.List;

/** JSON Schemas (draft 7), as they are written in the declarations of methods. */
final class Schemas {
  private Schemas() {}

  static Json text(String description) {
    return typed("string", description).done();
  }

  /** One of a few words. */
  static Json choice(String description, String... words) {
    return typed("string", description).put("enum", Json.strings(List.of(words))).done();
  }

  static Json matching(String pattern, String description) {
    return typed("string", description).put("pattern", pattern).done();
  }

  static Json truth(String description) {
    return typed("boolean", description).done();
  }

  static Json whole(long least, String description) {
    return typed("integer", description).put("minimum", least).done();
  }

  static Json whole(long least, long most, String description) {
    return typed("integer", description).put("minimum", least).put("maximum", most).done();
  }

  static Json number(String description) {
    return typed("number", description).done();
  }

  /** Milliseconds, more than zero. */
  static Json millis(String description) {
    return whole(1, description + ", in milliseconds");
  }

  static Json list(Json items, String description) {
    return typed("array", description).put("items", items).done();
  }

  static Json texts(String description) {
    return list(typed("string", "").done(), description);
  }

  /** An object of strings. */
  static Json textMap(String description) {
    return typed("object", description)
        .put("additionalProperties", typed("string", "").done())
        .done();
  }

  /** An object that is somebody else's. */
  static Json open(String description) {
    return typed("object", description).done();
  }

  static Json any(String description) {
    return Json.build().put("description", description).done();
  }

  static Json ref(String shared) {
    return Json.build().put("$ref", "#/components/schemas/" + shared).done();
  }

  static Json orNull(Json schema) {
    return eitherOf(schema, Json.build().put("type", "null").done());
  }

  static Json eitherOf(Json... schemas) {
    return Json.build().put("anyOf", Json.array(List.of(schemas))).done();
  }

  static Json exactly(boolean value) {
    return Json.build().put("const", value).done();
  }

  static Json withDefault(Json schema, Json value) {
    Json.Builder with = Json.build();
    schema.fields().forEach(with::put);
    return with.put("default", value).done();
  }

  static ObjectSchema object(String description) {
    return new ObjectSchema(description);
  }

  private static Json.Builder typed(String type, String description) {
    Json.Builder schema = Json.build().put("type", type);
    return description.isEmpty() ? schema : schema.put("description", description);
  }

  /** An object with named fields. Clients ignore fields that are not here: daemons get newer. */
  static final class ObjectSchema {
    private final String description;
    private final Json.Builder fields = Json.build();
    private final List<String> required = new ArrayList<>();

    private ObjectSchema(String description) {
      this.description = description;
    }

    /** A field that is always there. */
    ObjectSchema has(String name, Json schema) {
      required.add(name);
      return may(name, schema);
    }

    /** A field that may be absent. */
    ObjectSchema may(String name, Json schema) {
      fields.put(name, schema);
      return this;
    }

    /** The same, of which only some fields are there. */
    Json part(String of) {
      return typed("object", of).put("properties", fields.done()).done();
    }

    Json done() {
      Json.Builder schema = typed("object", description).put("properties", fields.done());
      return required.isEmpty()
          ? schema.done()
          : schema.put("required", Json.strings(required)).done();
    }
  }
}
