package dev.banger.plugin.ports;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.banger.api.CapabilityException;
import dev.banger.api.CommandResult;
import dev.banger.api.GuestListener;
import dev.banger.api.ToolResult;
import dev.banger.api.build.Registration;
import dev.banger.testkit.FakeCapabilityHost;
import dev.banger.testkit.FakeCommandCall;
import dev.banger.testkit.FakeContext;
import dev.banger.testkit.FakeVm;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Several VMs at once, of which some cannot tell. */
class PortsCommandTest {
  @TempDir Path temp;
  private FakeCapabilityHost host;
  private PortsCommand command;

  @BeforeEach
  void open() {
    host =
        new FakeCapabilityHost(Registration.of(new PortsPlugin()).permissions(), temp)
            .with(FakeVm.running("web"))
            .with(FakeVm.running("db").in("stopped"))
            .tool("getent", _ -> new ToolResult(2, "", ""));
    host.listeners(new GuestListener("udp", "::", 53, 9, "dnsmasq", "dnsmasq", false));
    Forwarder forwarder = new Forwarder(host, PortsSettings.DEFAULTS, System.getLogger("test"));
    PortTable table =
        new PortTable(forwarder, new Probes(Duration.ofMillis(100)), new NameLookup());
    command = new PortsCommand(table, forwarder);
  }

  private CommandResult ports(String... vms) throws InterruptedException {
    return command.run(
        FakeCommandCall.of(
            PortsCommand.SPEC,
            Map.of("vm", String.join("\n", vms)),
            temp,
            new FakeContext("ports", temp, host)));
  }

  @Test
  void one_that_is_stopped_and_one_that_is_unknown_hide_no_other() throws Exception {
    CommandResult result = ports("nosuch", "db", "web");

    assertThat((List<?>) result.value())
        .singleElement()
        .asString()
        .contains("vm=web", "endpoint=*:53");
    assertThat(result.exitCode()).isEqualTo(1);
    assertThat(result.failures()).hasSize(2);
    assertThat(result.failures().getFirst()).hasMessageContaining("nosuch");
    assertThat(result.failures().getLast()).hasMessageContaining("db");
  }

  @Test
  void one_alone_fails_as_a_whole() {
    assertThatThrownBy(() -> ports("db"))
        .isInstanceOf(CapabilityException.class)
        .hasMessageContaining("db");
  }

  @Test
  void one_that_is_named_twice_is_shown_once() throws Exception {
    CommandResult result = ports("web", "web");

    assertThat((List<?>) result.value()).hasSize(1);
    assertThat(result.failures()).isEmpty();
    assertThat(result.exitCode()).isZero();
  }
}
