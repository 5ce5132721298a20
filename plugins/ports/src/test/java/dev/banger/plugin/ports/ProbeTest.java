package dev.banger.plugin.ports;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import dev.banger.api.CapabilityException;
import dev.banger.api.FailureKind;
import dev.banger.api.GuestListener;
import dev.banger.api.VmView;
import dev.banger.testkit.FakeCapabilityHost;
import dev.banger.testkit.FakeVm;
import dev.banger.testkit.GuestService;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What servers of all kinds are taken for. */
class ProbeTest {
  private static final Duration QUICK = Duration.ofMillis(300);
  private static final VmView VM = FakeVm.running("web");
  private static final int PORT = 8080;

  @TempDir Path temp;
  private final AtomicInteger connections = new AtomicInteger();

  private FakeCapabilityHost host(GuestService service) {
    return new FakeCapabilityHost(Set.of(dev.banger.api.Permission.GUEST_DIAL), temp)
        .listening(
            PORT,
            (in, out) -> {
              connections.incrementAndGet();
              service.serve(in, out);
            });
  }

  private Probe.Finding find(GuestService service) throws InterruptedException {
    FakeCapabilityHost host = host(service);
    return new Probe(() -> host.dial(VM, PORT, QUICK), "web.vm", QUICK).find();
  }

  /** Passes everything on to a server of this machine. */
  private static GuestService leadingTo(InetSocketAddress server) {
    return (in, out) -> {
      try (Socket socket = new Socket(server.getAddress(), server.getPort())) {
        Thread back = Thread.ofVirtual().start(() -> pass(socket, out));
        in.transferTo(socket.getOutputStream());
        socket.shutdownOutput();
        back.join();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    };
  }

  private static void pass(Socket from, OutputStream to) {
    try {
      from.getInputStream().transferTo(to);
      to.close();
    } catch (IOException e) {
      // The probe knows enough.
    }
  }

  private static InetSocketAddress anywhere() {
    return new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
  }

  private static void silence(InputStream in) throws IOException {
    in.transferTo(OutputStream.nullOutputStream());
  }

  @Test
  void an_http_server_that_serves_one_at_a_time_is_one() throws Exception {
    HttpServer server = HttpServer.create(anywhere(), 0);
    server.start();
    try {
      assertThat(find(leadingTo(server.getAddress())))
          .isEqualTo(new Probe.Finding(Service.HTTP, true));
    } finally {
      server.stop(0);
    }
  }

  @Test
  void an_https_server_with_a_certificate_of_its_own_is_one() throws Exception {
    HttpsServer server = HttpsServer.create(anywhere(), 0);
    server.setHttpsConfigurator(new HttpsConfigurator(selfSigned()));
    server.start();
    try {
      assertThat(find(leadingTo(server.getAddress())))
          .isEqualTo(new Probe.Finding(Service.HTTPS, true));
    } finally {
      server.stop(0);
    }
  }

  private SSLContext selfSigned() throws Exception {
    Path store = temp.resolve("store");
    Process keytool =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin/keytool").toString(),
                "-genkeypair",
                "-keyalg",
                "EC",
                "-dname",
                "CN=web",
                "-storetype",
                "PKCS12",
                "-keystore",
                store.toString(),
                "-storepass",
                "changeit",
                "-alias",
                "web")
            .inheritIO()
            .start();
    assertThat(keytool.waitFor()).isZero();
    KeyStore keys = KeyStore.getInstance(store.toFile(), "changeit".toCharArray());
    KeyManagerFactory managers = KeyManagerFactory.getInstance("PKIX");
    managers.init(keys, "changeit".toCharArray());
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(managers.getKeyManagers(), null, null);
    return context;
  }

  @Test
  void an_http_server_that_waits_for_the_end_of_a_line_is_found_by_the_second_try()
      throws Exception {
    assertThat(
            find(
                (in, out) -> {
                  byte[] first = in.readNBytes(4);
                  if (new String(first, ISO_8859_1).equals("HEAD")) {
                    out.write("HTTP/1.0 200 OK\r\n\r\n".getBytes(UTF_8));
                  } else {
                    silence(in);
                  }
                }))
        .isEqualTo(new Probe.Finding(Service.HTTP, true));
    assertThat(connections).hasValue(2);
  }

  @Test
  void a_slow_tls_server_is_not_taken_for_the_http_it_refuses() throws Exception {
    assertThat(
            find(
                (in, out) -> {
                  if (in.read() == 'H') {
                    out.write("HTTP/1.0 400 Bad Request\r\n".getBytes(UTF_8));
                  } else {
                    pause(100);
                    out.write(new byte[] {22, 3, 3, 0, 40, 2});
                  }
                }))
        .isEqualTo(new Probe.Finding(Service.HTTPS, true));
  }

  private static void pause(long millis) {
    try {
      Thread.sleep(millis);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Test
  void one_that_refuses_in_tls_speaks_tls() throws Exception {
    assertThat(find((_, out) -> out.write(new byte[] {21, 3, 1, 0, 2, 2, 40})).service())
        .isEqualTo(Service.HTTPS);
  }

  @Test
  void all_else_is_tcp() throws Exception {
    assertThat(find((in, out) -> in.transferTo(out)))
        .as("an echo")
        .isEqualTo(new Probe.Finding(Service.TCP, true));
    assertThat(find((_, out) -> out.write("SSH-2.0-x\r\n".getBytes(UTF_8))).service())
        .as("one that speaks first")
        .isEqualTo(Service.TCP);
    assertThat(find((_, _) -> {}).service()).as("one that hangs up").isEqualTo(Service.TCP);
    assertThat(find((_, out) -> endless(out)).service()).as("noise").isEqualTo(Service.TCP);
    assertThat(find((in, _) -> silence(in)))
        .as("one that never answers")
        .isEqualTo(new Probe.Finding(Service.TCP, false));
  }

  private static void endless(OutputStream out) throws IOException {
    byte[] noise = new byte[64 * 1024];
    while (true) {
      out.write(noise);
    }
  }

  @Test
  void a_port_that_nobody_reaches_is_tcp() throws Exception {
    assertThat(
            new Probe(
                    () -> {
                      throw new CapabilityException(FailureKind.GUEST, "nothing listens");
                    },
                    "web.vm",
                    QUICK)
                .find()
                .service())
        .isEqualTo(Service.TCP);
  }

  @Test
  void a_server_is_asked_once_and_another_one_on_its_port_again() throws Exception {
    FakeCapabilityHost host = host((in, _) -> silence(in));
    Probes probes = new Probes(QUICK);
    List<GuestListener> first = List.of(listener(7));

    assertThat(probes.of(host, VM, first)).isEqualTo(Map.of(PORT, Service.TCP));
    int asked = connections.get();
    assertThat(probes.of(host, VM, first)).isEqualTo(Map.of(PORT, Service.TCP));
    assertThat(connections).hasValue(asked);

    probes.of(host, VM, List.of(listener(8)));
    assertThat(connections.get()).isGreaterThan(asked);
  }

  private static GuestListener listener(long pid) {
    return new GuestListener("tcp", "0.0.0.0", PORT, pid, "server", "server", false);
  }
}
