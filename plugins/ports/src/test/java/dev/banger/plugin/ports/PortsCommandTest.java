package dev.banger.plugin.ports;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.banger.api.CapabilityException;
import dev.banger.api.CapabilityHost;
import dev.banger.api.CommandResult;
import dev.banger.api.FailureKind;
import dev.banger.api.GuestListener;
import dev.banger.api.GuestPorts;
import dev.banger.api.ToolResult;
import dev.banger.api.VmView;
import dev.banger.api.build.Registration;
import dev.banger.testkit.FakeCapabilityHost;
import dev.banger.testkit.FakeCommandCall;
import dev.banger.testkit.FakeContext;
import dev.banger.testkit.FakeVm;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
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
  void a_guest_that_lists_all_there_can_be_is_bounded_and_hides_no_other() throws Exception {
    host.with(FakeVm.running("evil"));
    GuestListener[] all =
        IntStream.rangeClosed(1, GuestPorts.MOST)
            .mapToObj(port -> new GuestListener("tcp", "::", port, port, "p" + port, "c", false))
            .toArray(GuestListener[]::new);
    AtomicInteger dialled = new AtomicInteger();
    CapabilityHost both =
        (CapabilityHost)
            Proxy.newProxyInstance(
                CapabilityHost.class.getClassLoader(),
                new Class<?>[] {CapabilityHost.class},
                (_, method, arguments) -> {
                  boolean isEvil =
                      arguments != null
                          && arguments[0] instanceof VmView vm
                          && vm.name().equals("evil");
                  if (isEvil && method.getName().equals("listeners")) {
                    return List.of(all);
                  }
                  if (isEvil && method.getName().equals("dial")) {
                    dialled.incrementAndGet();
                    throw new CapabilityException(FailureKind.NOT_FOUND, "nothing listens");
                  }
                  try {
                    return method.invoke(host, arguments);
                  } catch (InvocationTargetException e) {
                    throw e.getCause();
                  }
                });

    CommandResult result =
        command.run(
            FakeCommandCall.of(
                PortsCommand.SPEC,
                Map.of("vm", "evil\nweb"),
                temp,
                new FakeContext("ports", temp, both)));

    assertThat(result.failures()).isEmpty();
    assertThat((List<?>) result.value()).hasSize(GuestPorts.MOST + 1);
    assertThat(((List<?>) result.value()).getLast().toString()).contains("vm=web", "endpoint=*:53");
    assertThat(dialled.get()).isLessThanOrEqualTo(2 * Probes.MOST_PORTS);
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
