package dev.banger.plugin.dns;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.banger.api.CapabilityException;
import dev.banger.api.Started;
import dev.banger.api.Stopped;
import dev.banger.api.ToolResult;
import dev.banger.api.VmView;
import dev.banger.api.build.Registration;
import dev.banger.testkit.FakeCapabilityHost;
import dev.banger.testkit.FakeContext;
import dev.banger.testkit.FakeStepContext;
import dev.banger.testkit.FakeVm;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What systemd-resolved is told, and when that is taken back. */
class RouteStepTest {
  private static final VmView WEB = FakeVm.running("web").on("bgr-00000001", "172.30.0.2", true);
  private static final VmView DB = FakeVm.running("db").on("bgr-00000002", "172.30.0.3", true);

  @TempDir Path temp;
  private FakeCapabilityHost host;
  private FakeContext context;
  private RouteStep step;
  private String bridge = "br-banger";

  @BeforeEach
  void open() {
    host = new FakeCapabilityHost(Registration.of(new DnsPlugin()).permissions(), temp);
    host.tool("resolvectl", _ -> new ToolResult(0, "", ""));
    context = new FakeContext("dns", temp, host, DnsSettings.DEFAULTS);
    InetSocketAddress wanted = Endpoint.parse(DnsSettings.DEFAULTS.listen());
    Service service =
        new Service(
            DnsSettings.DEFAULTS,
            TestServer.ZONE,
            "banger test",
            new LiveTable(TestServer.ZONE, TestServer.HERE, List::of, () -> 0, 1, context.log()),
            new Listening(
                wanted,
                _ -> {
                  throw new java.net.BindException();
                },
                Duration.ofSeconds(1),
                context.log()));
    step = new RouteStep(() -> service, vm -> vm.network().bridge().isEmpty() ? "" : bridge);
  }

  private Started<RouteReceipt> start(VmView vm) throws Exception {
    return step.start(FakeStepContext.starting(context, vm));
  }

  private Stopped stop(VmView vm) throws Exception {
    return step.stop(FakeStepContext.of(context, vm), Optional.empty());
  }

  @Test
  void theBridgeAsksHereAndForNothingElse() throws Exception {
    assertThat(start(WEB))
        .isEqualTo(
            Started.ok(new RouteReceipt("br-banger"), "br-banger asks 127.0.0.1:42069 for .vm"));
    assertThat(host.toolCalls())
        .endsWith(
            List.of("resolvectl", "dns", "br-banger", "127.0.0.1:42069"),
            List.of("resolvectl", "domain", "br-banger", "~vm"),
            List.of("resolvectl", "default-route", "br-banger", "false"),
            List.of("resolvectl", "dnssec", "br-banger", "no"));
  }

  @Test
  void theLastToGoTakesItBack() throws Exception {
    List<String> revert = List.of("resolvectl", "revert", "br-banger");
    start(WEB);
    start(DB);
    stop(WEB);
    assertThat(host.toolCalls()).doesNotContain(revert);
    stop(DB);
    assertThat(host.toolCalls()).endsWith(revert);
    assertThat(stop(DB)).isInstanceOf(Stopped.NothingToDo.class);
  }

  @Test
  void theFixTellsItAgainOncePerBridge() throws Exception {
    assertThat(step.fix(context)).isEmpty();
    start(WEB);
    start(DB);
    int before = host.toolCalls().size();

    assertThat(step.fix(context))
        .isEqualTo("systemd-resolved asks here again for .vm on br-banger");

    assertThat(host.toolCalls().subList(before, host.toolCalls().size()))
        .filteredOn(call -> call.size() == 4)
        .containsExactly(
            List.of("resolvectl", "dns", "br-banger", "127.0.0.1:42069"),
            List.of("resolvectl", "domain", "br-banger", "~vm"),
            List.of("resolvectl", "default-route", "br-banger", "false"),
            List.of("resolvectl", "dnssec", "br-banger", "no"));
    host.without("resolvectl");
    assertThat(step.fix(context)).isEmpty();
  }

  @Test
  void withoutABridgeOrWithoutResolvedThereIsNothingToDo() throws Exception {
    assertThat(start(FakeVm.running("user"))).isEqualTo(Started.skipped("not on a bridge"));
    assertThat(host.toolCalls()).isEmpty();
    host.without("resolvectl");
    assertThat(start(WEB)).isEqualTo(Started.skipped("systemd-resolved does not run here"));
  }

  @Test
  void whatResolvedRefusesIsTold() {
    host.tool(
        "resolvectl",
        call ->
            call.isPrivileged()
                ? new ToolResult(1, "", "Access denied\n")
                : new ToolResult(0, "", ""));
    assertThatThrownBy(() -> start(WEB))
        .isInstanceOf(CapabilityException.class)
        .hasMessage(
            "resolvectl dns br-banger 127.0.0.1:42069 failed with exit code 1: Access denied");
  }

  @Test
  void aBridgeThatIsGoneHasNothingToTakeBack() throws Exception {
    bridge = "br-not-there";
    start(WEB);
    host.tool("resolvectl", _ -> new ToolResult(1, "", "no such interface"));
    assertThat(stop(WEB)).isInstanceOf(Stopped.Released.class);
  }
}
