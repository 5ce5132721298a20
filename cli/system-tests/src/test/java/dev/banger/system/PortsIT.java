package dev.banger.system;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.function.BooleanSupplier;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedTrustManager;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;

/** Servers of all kinds in a real guest that this host reaches only by way of the agent. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class PortsIT {
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  /** The last server says in its own name what it thinks of terminals. */
  private static final String SERVERS =
      """
      set -e
      bb=/run/banger/agent/bin/busybox
      mkdir -p /www && echo hello >/www/index.html
      $bb httpd -p 3000 -h /www
      $bb httpd -p 127.0.0.1:3001 -h /www
      $bb httpd -p '[::]:3002' -h /www
      $bb httpd -p 10.0.2.15:3003 -h /www
      mkdir /srv/test && cd /srv/test
      openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj /CN=web \
        -keyout key.pem -out cert.pem 2>/dev/null
      setsid openssl s_server -accept 8443 -key key.pem -cert cert.pem -www >/dev/null 2>&1 </dev/null &
      cat >silent.pl <<'END'
      use IO::Socket::INET;
      my %more = $ARGV[0] eq 'udp' ? () : (Listen => 9);
      my $socket = IO::Socket::INET->new(
        Proto => $ARGV[0], LocalAddr => '0.0.0.0', LocalPort => $ARGV[1], %more) or die;
      $0 = "\\e[31mred" if $ARGV[0] eq 'udp';
      if ($ARGV[0] eq 'udp') { sleep 100000; }
      my @kept;
      while (my $client = $socket->accept) { push @kept, $client; }
      END
      setsid perl silent.pl tcp 5432 >/dev/null 2>&1 </dev/null &
      setsid perl silent.pl udp 5353 >/dev/null 2>&1 </dev/null &
      """;

  private static BangerHome home;
  private static String address;

  @BeforeAll
  static void startTheServers() {
    home = BangerHome.with("debian");
    home.ok("vm", "create", "web", "--image", "debian", "--memory", "512MiB", "--no-nat");
    address = home.ok("vm", "show", "web", "-o", "json").json().path("ip").asText();
    home.ok("vm", "exec", "web", "--", "sh", "-c", SERVERS);
    home.ok("vm", "wait", "web", "--for", "port:5432");
    home.ok("vm", "wait", "web", "--for", "port:8443");
  }

  @AfterAll
  static void close() {
    home.close();
  }

  private static Map<Integer, JsonNode> ports() {
    Map<Integer, JsonNode> ports = new HashMap<>();
    for (JsonNode row : home.ok("vm", "ports", "web", "-o", "json").json()) {
      assertThat(ports.put(row.path("port").asInt(), row))
          .as("a port shown twice: %s", row)
          .isNull();
    }
    return ports;
  }

  private static void await(String what, BooleanSupplier condition) throws InterruptedException {
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime()).as(what).isLessThan(end);
      Thread.sleep(200);
    }
  }

  private static boolean isForwarded(int port) {
    try (Socket socket = new Socket(address, port)) {
      return socket.isConnected();
    } catch (ConnectException e) {
      return false;
    } catch (java.io.IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private static String fetch(String url) throws Exception {
    try (HttpClient client = HttpClient.newBuilder().sslContext(trusting()).build()) {
      HttpRequest request =
          HttpRequest.newBuilder(URI.create(url))
              .timeout(PATIENCE)
              .version(HttpClient.Version.HTTP_1_1)
              .build();
      return client.send(request, BodyHandlers.ofString()).body();
    }
  }

  private static SSLContext trusting() throws Exception {
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, new TrustManager[] {new Anyone()}, new SecureRandom());
    return context;
  }

  @Test
  @Order(1)
  void theTableIsRightAndEachAddressOpens() throws Exception {
    await("all are forwarded", () -> isForwarded(8443) && isForwarded(3003));
    Map<Integer, JsonNode> ports = ports();

    for (int port : new int[] {3000, 3001, 3002, 3003}) {
      String url = ports.get(port).path("url").asText();
      assertThat(url).as(ports.toString()).isEqualTo("http://%s:%d".formatted(address, port));
      assertThat(ports.get(port).path("process").asText()).isEqualTo("busybox");
      assertThat(fetch(url)).isEqualTo("hello\n");
    }
    JsonNode https = ports.get(8443);
    assertThat(https.path("url").asText()).isEqualTo("https://" + address + ":8443");
    assertThat(https.path("command").asText()).startsWith("openssl s_server -accept 8443");
    assertThat(fetch(https.path("url").asText())).contains("TLSv1.3");

    JsonNode silent = ports.get(5432);
    assertThat(silent.path("proto").asText()).isEqualTo("tcp");
    assertThat(silent.path("endpoint").asText()).isEqualTo(address + ":5432");
    assertThat(silent.path("url").asText()).isEmpty();
    assertThat(silent.path("process").asText()).isEqualTo("perl");

    JsonNode udp = ports.get(5353);
    assertThat(udp.path("proto").asText()).isEqualTo("udp");
    assertThat(udp.path("command").asText()).isEqualTo("[31mred");
    assertThat(home.ok("vm", "ports", "web").out()).startsWith("PROTO").doesNotContain("\u001b");
  }

  @Test
  @Order(2)
  void aVmThatCannotTellHidesNoOther() {
    home.ok("vm", "create", "idle", "--image", "debian", "--no-start");
    Ran ran = home.run("vm", "ports", "idle", "web", "nosuch", "-o", "json");
    assertThat(ran.exitCode()).isEqualTo(1);
    assertThat(ran.json().findValuesAsText("port")).contains("3000");
    assertThat(ran.json().findValues("error"))
        .extracting(error -> error.path("message").asText())
        .anyMatch(message -> message.contains("idle"))
        .anyMatch(message -> message.contains("nosuch"));
  }

  @Test
  @Order(2)
  void aPortThatIsTakenOnTheHostIsRemarkedOn() throws Exception {
    try (ServerSocket _ = new ServerSocket(3009, 1, InetAddress.ofLiteral(address))) {
      home.ok("vm", "exec", "web", "--", "/run/banger/agent/bin/busybox", "httpd", "-p", "3009");
      await(
          "it is remarked on",
          () -> home.ok("vm", "show", "web").out().contains(address + ":3009 is in use"));
    }
    home.ok("vm", "ports", "web");
    assertThat(home.ok("vm", "show", "web").out()).doesNotContain("3009 is in use");
  }

  @Test
  @Order(2)
  void whatStopsListeningIsGone() throws Exception {
    home.ok("vm", "exec", "web", "--", "pkill", "-f", "3001");
    await("its port is free", () -> !isForwarded(3001));
    assertThat(ports()).doesNotContainKey(3001);
    assertThat(fetch("http://" + address + ":3000/")).isEqualTo("hello\n");
  }

  @Test
  @Order(3)
  void aDaemonThatWasKilledForwardsAgain() throws Exception {
    ProcessHandle daemon = home.daemon();
    daemon.destroyForcibly();
    daemon.onExit().join();
    home.ok("vm", "list");
    await("it is forwarded again", () -> isForwarded(3000));
    assertThat(fetch("http://" + address + ":3000/")).isEqualTo("hello\n");
  }

  @Test
  @Order(4)
  void aVmThatIsStoppedLeavesNoPort() {
    home.ok("vm", "stop", "web");
    assertThat(isForwarded(3000)).isFalse();
    assertThat(home.run("vm", "ports", "web").err()).contains("is stopped");
  }

  /** A certificate that the guest has made for itself is good enough here. */
  private static final class Anyone extends X509ExtendedTrustManager {
    @Override
    public void checkClientTrusted(X509Certificate[] chain, String kind, Socket socket) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String kind, Socket socket) {}

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String kind, SSLEngine engine) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String kind, SSLEngine engine) {}

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String kind) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String kind) {}

    @Override
    public X509Certificate[] getAcceptedIssuers() {
      return new X509Certificate[0];
    }
  }
}
