package dev.banger.core.plugins;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.banger.api.CommandCall;
import dev.banger.api.CommandSpec;
import dev.banger.api.ValueSpec;
import dev.banger.api.ValueType;
import dev.banger.core.model.BangerException;
import dev.banger.core.model.ErrorKind;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CallArgumentsTest {
  private static final CommandSpec SPEC =
      CommandSpec.builder("vm do", "does it")
          .arg(ValueSpec.required("vm", ValueType.VM, "the VM"))
          .arg(ValueSpec.optional("path", ValueType.PATH, "where").orElse("."))
          .option(ValueSpec.optional("mode", ValueType.TEXT, "how").oneOf("a", "b").orElse("a"))
          .option(ValueSpec.optional("count", ValueType.INTEGER, "how many"))
          .option(ValueSpec.flag("all", "everything"))
          .build();

  private static final CommandSpec LISTS =
      CommandSpec.builder("vm go", "goes")
          .arg(ValueSpec.required("vm", ValueType.VM, "the VM"))
          .arg(ValueSpec.required("command", ValueType.COMMAND, "what to run"))
          .option(ValueSpec.optional("env", ValueType.TEXT, "variables").many())
          .build();

  private static CommandCall call(String json) {
    return call(SPEC, json);
  }

  private static CommandCall call(CommandSpec spec, String json) {
    return CallArguments.parse(spec, json, Path.of("/home/ada/src"))
        .call(null, null, null, CallArguments.Ends.NONE);
  }

  @Test
  void values_arrive_typed_with_defaults_filled_in() {
    CommandCall call = call("{\"vm\":\"web\",\"count\":3,\"all\":true,\"mode\":null}");

    assertThat(call.text("vm")).isEqualTo("web");
    assertThat(call.path("path")).isEqualTo(Path.of("/home/ada/src"));
    assertThat(call.text("mode")).isEqualTo("a");
    assertThat(call.integer("count")).isEqualTo(3);
    assertThat(call.flag("all")).isTrue();
  }

  @Test
  void paths_are_relative_to_the_caller_and_numbers_may_be_text() {
    CommandCall call = call("{\"vm\":\"web\",\"path\":\"../shop\",\"count\":\"-7\"}");

    assertThat(call.path("path")).isEqualTo(Path.of("/home/ada/shop"));
    assertThat(call.integer("count")).isEqualTo(-7);
    assertThat(call.flag("all")).isFalse();
  }

  @Test
  void what_takes_many_values_is_a_list() {
    CommandCall call = call(LISTS, "{\"vm\":\"web\",\"command\":[\"ls\",\"-l\",\"\"]}");

    assertThat(call.list("command")).containsExactly("ls", "-l", "");
    assertThat(call.list("env")).isEmpty();
    assertThatThrownBy(() -> call.text("command")).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> call.list("vm")).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> call(LISTS, "{\"vm\":\"web\",\"command\":[]}"))
        .hasMessageContaining("command is missing");
    assertThatThrownBy(() -> call(LISTS, "{\"vm\":\"web\",\"command\":\"ls\"}"))
        .hasMessageContaining("takes a list");
    assertThatThrownBy(() -> call(LISTS, "{\"vm\":\"web\",\"command\":[[\"ls\"]]}"))
        .hasMessageContaining("takes one value");
  }

  @Test
  void a_missing_value_is_empty_and_an_undeclared_one_a_defect() {
    CommandCall call = call("{\"vm\":\"web\"}");

    assertThat(call.find("count")).isEmpty();
    assertThatThrownBy(() -> call.integer("count")).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> call.find("colour")).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> call.text("all")).isInstanceOf(IllegalArgumentException.class);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{}                                | vm is missing",
        "[]                                | not a JSON object",
        "{\"vm\":\"web\"                   | not JSON",
        "{\"vm\":\"web\"} {}               | something follows",
        "{\"vm\":\"a\",\"vm\":\"b\"}       | not JSON",
        "{\"vm\":\"web\",\"colour\":\"red\"} | it has no \"colour\", only [vm, path, mode",
        "{\"vm\":[\"web\"]}                | vm takes one value",
        "{\"vm\":true}                     | vm takes one value",
        "{\"vm\":\"web\",\"all\":\"yes\"}  | all is a flag",
        "{\"vm\":\"web\",\"mode\":\"c\"}   | mode is one of a, b, not \"c\"",
        "{\"vm\":\"web\",\"count\":\"x\"}  | count is a whole number, not \"x\"",
        "{\"vm\":\"web\",\"count\":1.5}    | count takes one value",
        "{\"vm\":\"web\",\"count\":99999999999999999999} | not JSON",
        "{\"vm\":\"a\\u0000b\"}            | NUL",
      })
  void what_does_not_fit_is_a_usage_error(String json, String problem) {
    assertThatThrownBy(() -> call(json))
        .isInstanceOfSatisfying(
            BangerException.class,
            e -> {
              assertThat(e.kind()).isEqualTo(ErrorKind.USAGE);
              assertThat(e.hint()).isEqualTo("banger vm do --help");
            })
        .hasMessageContaining("command \"vm do\": ")
        .hasMessageContaining(problem);
  }
}
