package dev.banger.core.plugins;

import static dev.banger.core.plugins.PluginFixture.registering;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.banger.core.lifecycle.Progress;
import dev.banger.core.model.BangerException;
import dev.banger.hooks.StoredVm;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PluginUsesTest {
  private static final StoredVm WEB = VmViews.of(RuntimeHarness.WEB);

  @TempDir Path temp;
  private RuntimeHarness harness;

  @BeforeEach
  void aHarness() {
    harness = new RuntimeHarness(temp);
  }

  @AfterEach
  void closeIt() {
    harness.close();
  }

  @Test
  void what_plugins_know_is_put_together_whatever_one_of_them_does() throws Exception {
    harness
        .with(
            "one", registering("r.use((vm, context) -> Optional.of(\"port 80 of \" + vm.name()));"))
        .with("two", registering("r.use((vm, context) -> Optional.empty());"))
        .with(
            "bad",
            registering("r.use((vm, context) -> { throw new IllegalStateException(\"hm\"); });"))
        .with("nil", registering("r.use((vm, context) -> null);"))
        .with("none", registering("r.sweep((exists, context) -> List.of());"));

    assertThat(harness.start().uses(WEB)).containsExactly("port 80 of web");
    harness.runtime().disable("one");
    assertThat(harness.runtime().uses(WEB)).isEmpty();
  }

  private static String command(String more, String body) {
    return registering(
        """
        r.command(
            CommandSpec.builder("test c", "does it").example("x")
                .arg(ValueSpec.required("vm", ValueType.VM, "which"))%s.build(),
            call -> { %s });
        """
            .formatted(more, body));
  }

  @Test
  void a_command_about_a_vm_uses_it_until_its_end_whatever_that_is() throws Exception {
    harness.with("c", command("", "throw new IllegalStateException(\"hm\");"));
    harness.start();

    assertThatThrownBy(() -> harness.call("c", "{\"vm\":\"web\"}", Progress.NONE))
        .isInstanceOf(BangerException.class);
    assertThat(harness.uses).containsExactly("web: command test c", "web: end");
  }

  @Test
  void a_command_that_is_left_running_to_look_on_is_no_use() throws Exception {
    harness.with("c", command(".live()", "return CommandResult.none();"));
    harness.start();
    harness.call("c", "{\"vm\":\"web\"}", Progress.NONE);

    assertThat(harness.uses).isEmpty();
  }

  @Test
  void what_a_plugin_says_is_a_few_printable_words() throws Exception {
    harness
        .with("long", registering("r.use((vm, context) -> Optional.of(\"x\".repeat(5000)));"))
        .with("rude", registering("r.use((vm, context) -> Optional.of(\"a\\u001b[31mb\"));"))
        .with("void", registering("r.use((vm, context) -> Optional.of(\" \"));"));

    assertThat(harness.start().uses(WEB))
        .containsExactlyInAnyOrder("x".repeat(80), "a [31mb", "a plugin");
  }
}
