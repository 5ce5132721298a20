package dev.banger.api;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.banger.api.build.JsonText;
import dev.banger.api.build.Registration;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DeclarationsTest {
  private static void malformed(ThrowingCallable call, String problem) {
    assertThatThrownBy(call)
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(problem);
  }

  private static Registration declaring(CapabilityPlugin plugin) {
    return Registration.of(plugin);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "vm.write", "host.exec:", "host.exec:/bin/sh", "host.exec:sh -c", "VM.READ"})
  void a_permission_is_one_of_a_few(String name) {
    malformed(() -> new Permission(name), "no such permission");
  }

  @Test
  void malformed_commands_are_named() {
    malformed(() -> CommandSpec.builder("Vm Do", "x").build(), "\"Vm Do\" is not a path");
    malformed(() -> CommandSpec.builder("vm do", " ").build(), "needs a summary");
    malformed(
        () -> CommandSpec.builder("vm do", "x").deadline(Duration.ofDays(1)).build(),
        "at most 1 h");
    malformed(() -> CommandSpec.builder("vm do", "x").role("no role").build(), "malformed role");
    malformed(
        () ->
            CommandSpec.builder("vm do", "x")
                .arg(ValueSpec.required("a", ValueType.TEXT, "x"))
                .option(ValueSpec.flag("a", "x"))
                .build(),
        "two values named a");
    malformed(
        () ->
            CommandSpec.builder("vm do", "x")
                .arg(ValueSpec.optional("a", ValueType.TEXT, "x"))
                .arg(ValueSpec.required("b", ValueType.TEXT, "x"))
                .build(),
        "required argument after an optional one: b");
    malformed(
        () -> CommandSpec.builder("vm do", "x").arg(ValueSpec.flag("a", "x")).build(),
        "a flag among its arguments");
    malformed(
        () ->
            CommandSpec.builder("vm do", "x")
                .arg(ValueSpec.required("a", ValueType.VM, "x").many())
                .arg(ValueSpec.optional("b", ValueType.TEXT, "x"))
                .build(),
        "an argument after one that takes all: b");
    malformed(
        () ->
            CommandSpec.builder("vm do", "x")
                .option(ValueSpec.required("a", ValueType.COMMAND, "x"))
                .build(),
        "a command among its options: a");
  }

  @Test
  void malformed_values_are_named() {
    malformed(() -> ValueSpec.flag("--all", "x"), "not a name");
    malformed(() -> ValueSpec.flag("all", ""), "needs a summary");
    malformed(
        () -> ValueSpec.optional("m", ValueType.TEXT, "x").oneOf("a", "b").orElse("c"),
        "none of its choices");
    malformed(() -> ValueSpec.flag("all", "x").many(), "no flag");
    malformed(() -> ValueSpec.optional("m", ValueType.TEXT, "x").many().orElse("a"), "no default");
  }

  @Test
  void a_plugin_declares_each_thing_once_and_says_what_it_is() {
    malformed(() -> declaring(_ -> {}), "describes itself");
    malformed(
        () ->
            declaring(
                r -> {
                  r.describe("x");
                  r.describe("y");
                }),
        "described twice");
    malformed(() -> declaring(r -> r.describe("two\nlines")), "one line");
    malformed(
        () -> declaring(r -> r.needs(Permission.VM_READ, Permission.VM_READ)), "declared twice");
    malformed(
        () ->
            declaring(
                r -> {
                  r.contribute((_, _, _) -> {});
                  r.contribute((_, _, _) -> {});
                }),
        "contributor declared twice");
    CommandSpec spec = CommandSpec.builder("vm do", "x").build();
    malformed(
        () ->
            declaring(
                r -> {
                  r.command(spec, _ -> null);
                  r.command(spec, _ -> null);
                }),
        "command declared twice: \"vm do\"");
    malformed(() -> declaring(r -> r.doctor("Not An Id", _ -> null)), "not an id for a check");
  }

  @Test
  void nothing_is_declared_after_register_returned() {
    List<Registrar> kept = new ArrayList<>();
    declaring(
        r -> {
          r.describe("x");
          kept.add(r);
        });
    assertThatThrownBy(() -> kept.getFirst().needs(Permission.VM_READ))
        .isInstanceOf(IllegalStateException.class);
  }

  @Test
  void a_result_is_json_and_a_copy() {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("text", "a\"\\\n\u0001\u2028\ud83d");
    fields.put("none", null);
    fields.put("list", List.of(1, 2L, 2.5, true));
    CommandResult result = CommandResult.object(fields);
    fields.put("late", "x");

    assertThat(JsonText.compact(result.value()))
        .isEqualTo(
            "{\"text\":\"a\\\"\\\\\\n\\u0001\u2028\\ud83d\",\"none\":null,\"list\":[1,2,2.5,true]}");
  }

  @Test
  void what_json_cannot_say_is_refused() {
    malformed(() -> CommandResult.object(Map.of("a", Optional.empty())), "cannot hold");
    malformed(() -> CommandResult.object(Map.of("a", Double.NaN)), "cannot hold");
    malformed(
        () -> CommandResult.object(Map.of("a", Map.of(1, 2))), "a field's name is not a string");
    List<Object> loop = new ArrayList<>();
    loop.add(loop);
    malformed(() -> CommandResult.object(Map.of("a", loop)), "nested more than 16 deep");
    assertThat(CommandResult.rows(Collections.emptyList()).value()).isEqualTo(List.of());
  }

  @Test
  void a_file_for_a_guest_does_not_show_its_content() {
    assertThat(GuestFile.file("/k", 0600, "s3cret".getBytes(UTF_8)))
        .hasToString("/k (mode 600, 6 bytes)");
    assertThat(GuestFile.directory("/d", 0700)).hasToString("/d (mode 700, directory)");
  }

  @Test
  void a_check_that_is_not_ok_says_what_to_do() {
    malformed(() -> DoctorCheck.Outcome.fail("broken", " "), "what to do");
  }

  @Test
  void a_tool_goes_by_its_name() {
    malformed(() -> ToolCall.of(Duration.ofSeconds(1), "/bin/sh"), "not a path");
    malformed(() -> ToolCall.of(Duration.ofSeconds(1), List.of()), "not a path");
  }
}
