package dev.banger.plugin.dns;

import static org.assertj.core.api.Assertions.assertThat;

import dev.banger.api.DoctorCheck;
import dev.banger.api.ToolResult;
import dev.banger.api.build.Registration;
import dev.banger.testkit.FakeCapabilityHost;
import dev.banger.testkit.FakeContext;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What the doctor says, and what it tells to type. */
class DnsCheckTest {
  @TempDir Path temp;
  private FakeCapabilityHost host;
  private FakeContext context;
  private TestServer server;

  @BeforeEach
  void start() throws Exception {
    host = new FakeCapabilityHost(Registration.of(new DnsPlugin()).permissions(), temp);
    host.tool("resolvectl", _ -> new ToolResult(1, "", "not running"));
    context = new FakeContext("dns", temp, host, DnsSettings.DEFAULTS);
    server = new TestServer();
  }

  @AfterEach
  void stop() {
    server.close();
  }

  /** Of a daemon that could not listen, because somebody does already. */
  private Service late(String identity) {
    return service(
        identity,
        wanted -> {
          throw new java.net.BindException("Address already in use");
        });
  }

  private Service service(String identity, Listening.Binding binding) {
    Listening listening =
        new Listening(server.address(), binding, Duration.ofSeconds(1), context.log());
    listening.begin();
    return new Service(DnsSettings.DEFAULTS, TestServer.ZONE, identity, server.table, listening);
  }

  @Test
  void anAddressThatAnotherDaemonHasIsAFailure() throws Exception {
    DoctorCheck.Outcome outcome = DnsCheck.run(context, late("banger mine"));
    assertThat(outcome.status()).isEqualTo(DoctorCheck.Status.FAIL);
    assertThat(outcome.summary())
        .isEqualTo(
            "the address %s for DNS is in use, by the DNS of another banger daemon"
                .formatted(Endpoint.text(server.address())));
    assertThat(outcome.remedy()).contains("ss -lntup", "listen", "banger plugin reload dns");
  }

  @Test
  void anAddressThatAnythingElseHasIsAFailureToo() throws Exception {
    Service service = late("banger mine");
    server.close();
    DoctorCheck.Outcome outcome = DnsCheck.run(context, service);
    assertThat(outcome.status()).isEqualTo(DoctorCheck.Status.FAIL);
    assertThat(outcome.summary()).endsWith("is in use");
  }

  @Test
  void anOlderVersionThatAnswersIsNoFailure() throws Exception {
    DoctorCheck.Outcome outcome = DnsCheck.run(context, late("banger test"));
    assertThat(outcome.status()).isEqualTo(DoctorCheck.Status.WARN);
    assertThat(outcome.summary()).startsWith("an older version of this plugin answers");
  }

  @Test
  void whatListensAndDoesNotAnswerIsAFailure() throws Exception {
    Service service =
        service(
            "banger test",
            _ ->
                DnsServer.bind(
                    new InetSocketAddress(TestServer.HERE, 0),
                    new Responder(
                        TestServer.ZONE, 5, "banger test", server.table::now, context.log()),
                    DnsServer.IDLE));
    try {
      // Nobody runs it.
      DoctorCheck.Outcome outcome = DnsCheck.run(context, service);
      assertThat(outcome.status()).isEqualTo(DoctorCheck.Status.FAIL);
      assertThat(outcome.summary()).contains("does not answer there");
    } finally {
      service.listening().close();
    }
  }

  @Test
  void theHostIsAskedAsAnyProgramWould() throws Exception {
    host.tool(
        "getent",
        call -> {
          assertThat(call.argv()).containsExactly("getent", "ahosts", "_banger.vm");
          return new ToolResult(0, "127.0.0.1       STREAM _banger.vm\n", "");
        });
    DoctorCheck.Outcome outcome = DnsCheck.asked(context, late("banger test"), server.address());
    assertThat(outcome.status()).isEqualTo(DoctorCheck.Status.OK);
    host.tool("getent", _ -> new ToolResult(0, "198.51.100.7    STREAM _banger.vm\n", ""));
    outcome = DnsCheck.asked(context, late("banger test"), server.address());
    assertThat(outcome.status()).isEqualTo(DoctorCheck.Status.WARN);
    assertThat(outcome.remedy()).isNotBlank();
  }

  @ParameterizedTest
  @EnumSource(Routing.Host.class)
  void eachResolverHasSomethingToType(Routing.Host resolver) {
    String remedy = Routing.remedy(resolver, "vm", new InetSocketAddress("0.0.0.0", 42069));
    switch (resolver) {
      case RESOLVED_BRIDGE ->
          assertThat(remedy).contains("resolvectl dns br-banger 127.0.0.1:42069", "'~vm'");
      case RESOLVED -> assertThat(remedy).contains("\\nDNS=127.0.0.1:42069\\nDomains=~vm\\n");
      case NETWORK_MANAGER, DNSMASQ -> assertThat(remedy).contains("server=/vm/127.0.0.1#42069");
      case UNBOUND -> assertThat(remedy).contains("forward-addr: 127.0.0.1@42069");
      case PLAIN -> assertThat(remedy).contains("/etc/hosts", "docs/dns.md");
    }
  }
}
