package dev.banger.plugin.ports;

import static org.assertj.core.api.Assertions.assertThat;

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
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is told to who watches, where the guest tells the forwards of a port at another time. */
class PortsWatchTest {
  private static final long PATIENCE_NANOS = Duration.ofSeconds(20).toNanos();
  private static final int PORT = 42_197;
  private static final FakeVm VM = FakeVm.running("web");

  @TempDir Path temp;
  private FakeCapabilityHost toldFirst;
  private FakeCapabilityHost toldLater;
  private Forwarder forwarder;
  private FakeCommandCall call;
  private Thread watching;

  @BeforeEach
  void begin() {
    toldFirst = host();
    toldLater = host();
    forwarder = new Forwarder(toldLater, PortsSettings.DEFAULTS, System.getLogger("test"));
    forwarder.begin(VM);
    call =
        FakeCommandCall.of(
            PortsCommand.SPEC,
            Map.of("watch", "true"),
            temp,
            new FakeContext("ports", temp, toldFirst));
  }

  private FakeCapabilityHost host() {
    return new FakeCapabilityHost(Registration.of(new PortsPlugin()).permissions(), temp)
        .with(VM)
        .tool("getent", _ -> new ToolResult(2, "", ""));
  }

  private void watch(Duration patience) {
    PortTable table =
        new PortTable(forwarder, new Probes(Duration.ofMillis(100)), new NameLookup(), patience);
    watching =
        Thread.ofVirtual()
            .start(
                () -> {
                  try {
                    new PortsWatch(table, call).run(List.of(VM));
                  } catch (InterruptedException e) {
                    // Enough.
                  }
                });
  }

  @AfterEach
  void end() throws InterruptedException {
    watching.interrupt();
    watching.join();
    forwarder.close();
  }

  private static GuestListener server() {
    return new GuestListener("tcp", "0.0.0.0", PORT, 7, "server", "server", false);
  }

  private List<String> told(int count) throws InterruptedException {
    long end = System.nanoTime() + PATIENCE_NANOS;
    while (call.rows().size() < count) {
      assertThat(System.nanoTime()).as("in time: %s", call.rows()).isLessThan(end);
      Thread.sleep(5);
    }
    return call.rows().stream()
        .map(row -> row.get("change") + " " + row.get("endpoint") + " " + row.get("note"))
        .toList();
  }

  @Test
  void a_port_is_shown_once_its_forward_is_there() throws Exception {
    watch(Duration.ofNanos(PATIENCE_NANOS));
    toldFirst.listeners(server());
    toldLater.listeners(server());
    assertThat(told(1)).containsExactly("listens %s:%d ".formatted(VM.address(), PORT));
  }

  @Test
  void a_forward_that_comes_late_is_told_when_it_has_come() throws Exception {
    watch(Duration.ZERO);
    toldFirst.listeners(server());
    assertThat(told(1)).containsExactly("listens *:%d not forwarded yet".formatted(PORT));
    toldLater.listeners(server());
    assertThat(told(2).getLast()).isEqualTo("listens %s:%d ".formatted(VM.address(), PORT));
    toldFirst.listeners();
    assertThat(told(3).getLast()).isEqualTo("gone %s:%d ".formatted(VM.address(), PORT));
  }
}
