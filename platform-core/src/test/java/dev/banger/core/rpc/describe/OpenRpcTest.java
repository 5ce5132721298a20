package dev.banger.core.rpc.describe;

import static org.assertj.core.api.Assertions.assertThat;

import dev.banger.client.Json;
import dev.banger.contract.Contract;
import dev.banger.core.rpc.DaemonMethods;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The document against the specification of OpenRPC 1.3.2, which it names. */
class OpenRpcTest {
  private static final Pattern COMPONENT = Pattern.compile("[a-zA-Z0-9._-]+");

  /** The fields that the specification has; others begin with x-. */
  private static final Map<String, Set<String>> FIELDS =
      Map.of(
          "document",
          Set.of("openrpc", "info", "servers", "methods", "components", "externalDocs"),
          "info",
          Set.of("title", "description", "termsOfService", "contact", "license", "version"),
          "server",
          Set.of("name", "url", "summary", "description", "variables"),
          "method",
          Set.of(
              "name",
              "tags",
              "summary",
              "description",
              "externalDocs",
              "params",
              "result",
              "deprecated",
              "servers",
              "errors",
              "links",
              "paramStructure",
              "examples"),
          "content descriptor",
          Set.of("name", "summary", "description", "required", "schema", "deprecated"),
          "example pairing",
          Set.of("name", "description", "summary", "params", "result"),
          "example",
          Set.of("name", "summary", "description", "value", "externalValue"),
          "error",
          Set.of("code", "message", "data"),
          "components",
          Set.of(
              "contentDescriptors",
              "schemas",
              "examples",
              "links",
              "errors",
              "examplePairingObjects",
              "tags"));

  private final Json document = OpenRpc.document(DaemonMethods.PROTOCOL);
  private final List<Json> methods = document.get("methods").elements();

  private static void has(String what, Json object, String... required) {
    assertThat(object.isObject()).as("%s is an object: %s", what, object).isTrue();
    assertThat(object.fields().keySet())
        .as(what + " " + object.text("name"))
        .containsAll(List.of(required));
    assertThat(object.fields().keySet())
        .as("fields of the %s %s", what, object.text("name"))
        .allMatch(name -> name.startsWith("x-") || FIELDS.get(what).contains(name));
  }

  @Test
  void its_parts_have_the_fields_that_the_specification_asks_for() {
    has("document", document, "openrpc", "info", "methods");
    assertThat(document.text("openrpc")).isEqualTo("1.3.2");
    has("info", document.get("info"), "title", "version");
    document.get("servers").elements().forEach(server -> has("server", server, "name", "url"));
    has("components", document.get("components"));
    document
        .get("components")
        .get("errors")
        .fields()
        .values()
        .forEach(error -> has("error", error, "code", "message"));
    for (Json method : methods) {
      has("method", method, "name", "summary", "params", "result");
      assertThat(method.text("paramStructure")).isIn("by-name", "by-position", "either");
      has("content descriptor", method.get("result"), "name", "schema");
      method
          .get("params")
          .elements()
          .forEach(param -> has("content descriptor", param, "name", "schema"));
      for (Json pairing : method.get("examples").elements()) {
        has("example pairing", pairing, "name", "params");
        pairing.get("params").elements().forEach(value -> has("example", value, "name", "value"));
        has("example", pairing.get("result"), "name", "value");
      }
    }
  }

  @Test
  void names_are_unique_and_required_parameters_come_first() {
    assertThat(methods).extracting(method -> method.text("name")).doesNotHaveDuplicates();
    for (Json method : methods) {
      List<Json> params = method.get("params").elements();
      assertThat(params)
          .as(method.text("name"))
          .extracting(param -> param.text("name"))
          .doesNotHaveDuplicates();
      List<Boolean> required =
          params.stream().map(param -> param.get("required").truth(false)).toList();
      assertThat(required)
          .as("which parameters of %s are required", method.text("name"))
          .isSortedAccordingTo(java.util.Comparator.reverseOrder());
    }
  }

  @Test
  void every_reference_leads_somewhere_and_every_component_is_used() {
    List<String> references = new ArrayList<>();
    collect(document, references);
    Json components = document.get("components");
    List<String> there = new ArrayList<>();
    for (String kind : List.of("schemas", "errors")) {
      for (String name : components.get(kind).fields().keySet()) {
        assertThat(name).matches(COMPONENT);
        there.add("#/components/" + kind + "/" + name);
      }
    }
    assertThat(Set.copyOf(references)).containsExactlyInAnyOrderElementsOf(there);
  }

  private static void collect(Json json, List<String> references) {
    if (json.has("$ref")) {
      assertThat(json.fields()).as("nothing stands beside a reference").hasSize(1);
      references.add(json.text("$ref"));
    }
    json.fields().values().forEach(value -> collect(value, references));
    json.elements().forEach(value -> collect(value, references));
  }

  @Test
  void its_schemas_are_json_schemas() {
    List<Json> schemas =
        new ArrayList<>(document.get("components").get("schemas").fields().values());
    for (Json method : methods) {
      schemas.add(method.get("result").get("schema"));
      method.get("params").elements().forEach(param -> schemas.add(param.get("schema")));
    }
    document.get("x-notifications").elements().forEach(each -> schemas.add(each.get("params")));
    for (Json schema : schemas) {
      assertThat(Contract.faultsOfSchema(schema)).as(schema.toString()).isEmpty();
    }
  }

  @Test
  void its_examples_and_defaults_keep_to_it() {
    Contract contract = Contract.of(document);
    int seen = 0;
    for (MethodDoc method : Declared.all()) {
      if (method.example() != null) {
        seen++;
        assertThat(contract.faultsOfParameters(method.name(), method.example().parameters()))
            .as(method.name())
            .isEmpty();
        assertThat(contract.faultsOfResult(method.name(), method.example().result()))
            .as(method.name())
            .isEmpty();
      }
      for (MethodDoc.Parameter parameter : method.parameters()) {
        Json value = parameter.schema().get("default");
        if (!value.isNull()) {
          assertThat(parameter.isRequired()).as(parameter.name()).isFalse();
          assertThat(
                  contract.faultsOfParameters(
                      method.name(), Json.build().put(parameter.name(), value).done()))
              .as(method.name())
              .noneMatch(fault -> fault.startsWith(parameter.name()) && !fault.endsWith("missing"));
        }
      }
    }
    assertThat(seen).isGreaterThan(5);
  }

  @Test
  void what_does_not_keep_to_it_is_found() {
    Contract contract = Contract.of(document);
    Json ping = Json.build().put("version", "1").put("protocol", 0).put("more", 1).done();

    assertThat(contract.faultsOfResult("daemon.ping", ping))
        .hasSize(3)
        .anyMatch(fault -> fault.contains("pid"))
        .anyMatch(fault -> fault.contains("protocol"))
        .anyMatch(fault -> fault.contains("more"));
    assertThat(
            contract.faultsOfParameters(
                "vm.proxy", Json.build().put("port", 65536).put("reff", "a").done()))
        .hasSize(3);
  }
}
