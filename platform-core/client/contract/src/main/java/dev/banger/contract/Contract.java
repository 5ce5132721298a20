package dev.banger.contract;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SchemaLocation;
import com.networknt.schema.SpecVersion;
import dev.banger.client.Json;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * An OpenRPC document, and what does not keep to it. Where clients pass over a field that they do
 * not know, this finds fault: what is answered is to be declared.
 */
public final class Contract {
  private static final JsonSchemaFactory SCHEMAS =
      JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V7);
  private static final ObjectMapper READER = new ObjectMapper();

  private final Json components;
  private final boolean isLenient;
  private final Map<String, Json> methods = new HashMap<>();
  private final Map<Json, JsonSchema> compiled = new ConcurrentHashMap<>();

  private Contract(Json document, boolean isLenient) {
    this.isLenient = isLenient;
    this.components = strict(document.get("components"));
    for (Json method : document.get("methods").elements()) {
      methods.put(method.text("name"), method);
    }
  }

  /** Holds everything against {@code document}. */
  public static Contract of(Json document) {
    return new Contract(document, false);
  }

  /** For answers made up by a test, of which only what the test is about is there. */
  public static Contract ofParts(Json document) {
    return new Contract(document, true);
  }

  public boolean declares(String method) {
    return methods.containsKey(method);
  }

  /** What is wrong with an answer of {@code method}, a line each. */
  public List<String> faultsOfResult(String method, Json result) {
    return faults(strict(methods.get(method).get("result").get("schema")), result);
  }

  /** What is wrong with the parameters of a request, a line each. */
  public List<String> faultsOfParameters(String method, Json parameters) {
    List<String> faults = new ArrayList<>();
    Map<String, Json> given = new HashMap<>(parameters.fields());
    for (Json parameter : methods.get(method).get("params").elements()) {
      String name = parameter.text("name");
      Json value = given.remove(name);
      if (value != null) {
        faults(strict(parameter.get("schema")), value).forEach(why -> faults.add(name + why));
      } else if (parameter.get("required").truth(false)) {
        faults.add(name + " is missing");
      }
    }
    given.keySet().forEach(name -> faults.add(name + " is not declared"));
    return faults;
  }

  /** What is wrong with {@code value} by one of the document's own schemas, a line each. */
  public List<String> faultsBy(String shared, Json value) {
    return faults(Json.build().put("$ref", "#/components/schemas/" + shared).done(), value);
  }

  /** What keeps {@code schema} from being a JSON Schema of draft 7, a line each. */
  public static List<String> faultsOfSchema(Json schema) {
    return SCHEMAS
        .getSchema(SchemaLocation.of("http://json-schema.org/draft-07/schema#"))
        .validate(node(schema))
        .stream()
        .map(Object::toString)
        .toList();
  }

  private List<String> faults(Json schema, Json value) {
    return compiled.computeIfAbsent(schema, this::compile).validate(node(value)).stream()
        .map(Object::toString)
        .toList();
  }

  private JsonSchema compile(Json schema) {
    // A $ref hides what stands beside it, so the document's schemas cannot stand there.
    Json whole =
        Json.build().put("components", components).put("allOf", Json.array(List.of(schema))).done();
    return SCHEMAS.getSchema(node(whole));
  }

  /** The schema with objects that have no fields but the named ones; see the class. */
  private Json strict(Json schema) {
    if (schema.isArray()) {
      return Json.array(schema.elements().stream().map(this::strict).toList());
    }
    if (!schema.isObject()) {
      return schema;
    }
    Json.Builder strict = Json.build();
    boolean isObject = schema.get("properties").isObject();
    schema
        .fields()
        .forEach(
            (name, value) -> {
              if (!(isObject && isLenient && name.equals("required"))) {
                strict.put(name, strict(value));
              }
            });
    return isObject ? strict.put("additionalProperties", false).done() : strict.done();
  }

  private static JsonNode node(Json json) {
    try {
      return READER.readTree(json.toString());
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(e);
    }
  }
}
