package dev.banger.core.rpc.describe;

import static org.assertj.core.api.Assertions.assertThat;

import dev.banger.client.Json;
import dev.banger.core.rpc.DaemonMethods;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Holds {@code docs/openrpc.json} and the table of {@code docs/rpc.md} to the declarations. */
class RpcDocTest {
  private static final String BEGIN =
      "<!-- Made from the declared methods by RpcDocTest; do not edit. -->\n";
  private static final String END = "<!-- The end of what RpcDocTest made. -->\n";
  private static final List<String> BATCH = List.of("refs", "all", "labels");

  @Test
  void the_openrpc_document_is_up_to_date() throws IOException {
    holds(
        Path.of("..", "docs", "openrpc.json"),
        PrettyJson.of(OpenRpc.document(DaemonMethods.PROTOCOL)));
  }

  @Test
  void the_table_of_methods_is_up_to_date() throws IOException {
    Path page = Path.of("..", "docs", "rpc.md");
    String text = Files.readString(page);
    int begin = text.indexOf(BEGIN);
    int end = text.indexOf(END);
    assertThat(begin).as("the marker in " + page).isPositive().isLessThan(end);
    holds(page, text.substring(0, begin + BEGIN.length()) + table() + text.substring(end));
  }

  @Test
  void the_written_document_is_read_back_as_it_was() throws IOException {
    Json document = OpenRpc.document(DaemonMethods.PROTOCOL);

    assertThat(Json.parse(PrettyJson.of(document))).isEqualTo(document);
  }

  private static void holds(Path page, String wanted) throws IOException {
    if (Boolean.getBoolean("banger.docs.write")) {
      Files.writeString(page, wanted);
    }
    assertThat(page)
        .as(
            "write it anew: mvn -pl platform-core -am test -Dtest=RpcDocTest"
                + " -Dsurefire.failIfNoSpecifiedTests=false -Dbanger.docs.write=true")
        .hasContent(wanted);
  }

  private static String table() {
    StringBuilder table =
        new StringBuilder("\n| method | what it does | parameters | result |\n|---|---|---|---|\n");
    for (MethodDoc method : Declared.all()) {
      table.append(
          "| `%s` | %s | %s | %s%s |\n"
              .formatted(
                  method.name(),
                  method.summary(),
                  parameters(method),
                  method.isStream() ? "stream" : "`" + shape(method.result()) + "`",
                  method.sendsStages() ? ", after stages" : ""));
    }
    return table.append('\n').toString();
  }

  private static String parameters(MethodDoc method) {
    boolean isBatch = method.parameterNames().containsAll(BATCH);
    String others =
        method.parameters().stream()
            .filter(parameter -> !isBatch || !BATCH.contains(parameter.name()))
            .map(RpcDocTest::parameter)
            .collect(Collectors.joining(" "));
    return (isBatch ? "batch" : "")
        + (isBatch && !others.isEmpty() ? ", " : "")
        + (others.isEmpty() ? "" : "`" + others + "`");
  }

  private static String parameter(MethodDoc.Parameter parameter) {
    Json schema = parameter.schema();
    String brackets =
        switch (schema.text("type")) {
          case "array" -> "[]";
          case "object" -> "{}";
          default -> "";
        };
    String name = parameter.name() + brackets;
    if (parameter.isRequired()) {
      return name;
    }
    return schema.has("default") ? name + "=" + schema.text("default") : name + "?";
  }

  private static String shape(Json schema) {
    String ref = schema.text("$ref");
    if (!ref.isEmpty()) {
      return ref.substring(ref.lastIndexOf('/') + 1);
    }
    if (schema.has("anyOf")) {
      return schema.get("anyOf").elements().stream()
          .map(RpcDocTest::shape)
          .collect(Collectors.joining(" or "));
    }
    if (schema.text("type").equals("array")) {
      return "[" + shape(schema.get("items")) + "]";
    }
    if (!schema.get("properties").fields().isEmpty()) {
      return schema.get("properties").fields().keySet().stream()
          .collect(Collectors.joining("\",\"", "{\"", "\"}"));
    }
    return schema.has("type") ? schema.text("type") : "any";
  }
}
