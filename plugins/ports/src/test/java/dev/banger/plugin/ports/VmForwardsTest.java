package dev.banger.plugin.ports;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.banger.api.GuestListener;
import dev.banger.api.Permission;
import dev.banger.testkit.FakeCapabilityHost;
import dev.banger.testkit.FakeVm;
import java.io.IOException;
import java.io.OutputStream;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Real sockets of this host that lead to what listens in a guest. */
class VmForwardsTest {
  private static final long PATIENCE_NANOS = Duration.ofSeconds(20).toNanos();
  private static final FakeVm VM = FakeVm.running("web");
  private static final int PORT = 42_191;

  @TempDir Path temp;
  private FakeCapabilityHost host;
  private final List<List<String>> said = new CopyOnWriteArrayList<>();
  private VmForwards forwards;

  @BeforeEach
  void begin() {
    host =
        new FakeCapabilityHost(Set.of(Permission.GUEST_PORTS, Permission.GUEST_DIAL), temp)
            .listening(PORT, (in, out) -> in.transferTo(out));
    forwards = forwards(new PortsSettings(true, 3, List.of(PORT + 9), Duration.ofMillis(100)));
  }

  private VmForwards forwards(PortsSettings settings) {
    VmForwards made = new VmForwards(host, VM, settings, System.getLogger("test"), said::add);
    made.begin();
    return made;
  }

  @AfterEach
  void end() throws InterruptedException {
    forwards.close();
    forwards.join();
  }

  private static GuestListener tcp(String address, int port) {
    return new GuestListener("tcp", address, port, 7, "server", "server", false);
  }

  private static void await(BooleanSupplier condition) throws InterruptedException {
    long end = System.nanoTime() + PATIENCE_NANOS;
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime()).as("in time").isLessThan(end);
      Thread.sleep(5);
    }
  }

  private void listening(int... ports) throws InterruptedException {
    host.listeners(
        IntStream.of(ports).mapToObj(port -> tcp("0.0.0.0", port)).toArray(GuestListener[]::new));
    await(() -> List.copyOf(forwards.forwarded()).equals(IntStream.of(ports).boxed().toList()));
  }

  private static Socket connect(int port) throws IOException {
    Socket socket = new Socket(InetAddress.ofLiteral(VM.address()), port);
    socket.setSoTimeout(20_000);
    return socket;
  }

  @Test
  void a_port_appears_with_its_listener_and_goes_with_it() throws Exception {
    assertThatThrownBy(() -> connect(PORT)).isInstanceOf(ConnectException.class);
    listening(PORT);
    try (Socket client = connect(PORT)) {
      client.getOutputStream().write("hello".getBytes(UTF_8));
      assertThat(client.getInputStream().readNBytes(5)).asString().isEqualTo("hello");

      listening();
      assertThatThrownBy(() -> connect(PORT)).isInstanceOf(ConnectException.class);

      client.getOutputStream().write("still".getBytes(UTF_8));
      client.shutdownOutput();
      assertThat(client.getInputStream().readAllBytes())
          .as("what is connected goes on, and each direction ends by itself")
          .asString()
          .isEqualTo("still");
    }
  }

  @Test
  void a_connection_is_a_use_until_its_end_and_a_short_one_until_somebody_asks() throws Exception {
    listening(PORT);
    assertThat(forwards.use()).isEmpty();
    try (Socket client = connect(PORT)) {
      client.getOutputStream().write(1);
      assertThat(client.getInputStream().read()).isEqualTo(1);
      assertThat(forwards.use()).contains(PORT);
      assertThat(forwards.use()).contains(PORT);
    }
    await(() -> forwards.use().isEmpty());

    try (Socket client = connect(PORT)) {
      client.getOutputStream().write(1);
      assertThat(client.getInputStream().read()).isEqualTo(1);
      client.shutdownOutput();
      assertThat(client.getInputStream().read()).isEqualTo(-1);
    }
    assertThat(forwards.use()).contains(PORT);
  }

  @Test
  void a_guest_that_goes_away_keeps_its_ports_for_when_it_is_back() throws Exception {
    listening(PORT);
    host.endWatches();
    try (Socket client = connect(PORT)) {
      assertThat(client.isConnected()).isTrue();
    }
    host.listeners(tcp("::", PORT), tcp("127.0.0.1", PORT + 1));
    await(() -> forwards.forwarded().size() == 2);
  }

  @Test
  void who_connects_to_what_does_not_answer_is_reset() throws Exception {
    listening(PORT + 1);
    try (Socket client = connect(PORT + 1)) {
      assertThatThrownBy(() -> client.getInputStream().read()).isInstanceOf(SocketException.class);
    }
  }

  @Test
  void a_port_in_use_is_said_and_taken_once_it_is_free() throws Exception {
    try (ServerSocket _ = new ServerSocket(PORT, 1, InetAddress.ofLiteral(VM.address()))) {
      host.listeners(tcp("0.0.0.0", PORT));
      await(() -> !forwards.refused().isEmpty());
      assertThat(forwards.refused())
          .containsEntry(PORT, "not forwarded: %s:%d is in use".formatted(VM.address(), PORT));
      await(() -> !said.isEmpty());
      assertThat(said.getLast())
          .containsExactly("not forwarded: %s:%d is in use".formatted(VM.address(), PORT));
    }
    forwards.refresh();
    assertThat(forwards.forwarded()).containsExactly(PORT);
    assertThat(forwards.refused()).isEmpty();
    assertThat(said.getLast()).isEmpty();
  }

  @Test
  void a_guest_that_lists_all_ports_gets_only_so_many() throws Exception {
    host.listeners(
        IntStream.range(PORT, PORT + 4096)
            .mapToObj(port -> tcp("0.0.0.0", port))
            .toArray(GuestListener[]::new));
    await(() -> !forwards.refused().isEmpty());
    assertThat(forwards.forwarded()).containsExactly(PORT, PORT + 1, PORT + 2);
    assertThat(forwards.isExcluded(PORT + 9)).isTrue();
    assertThat(forwards.refused().get(PORT + 10))
        .isEqualTo("not forwarded: 3 ports are, which is max_forwards");
    await(() -> !said.isEmpty());
    assertThat(said.getLast()).containsExactly("not forwarded: 3 ports are, which is max_forwards");
  }

  @Test
  void only_so_many_are_connected_at_once() throws Exception {
    listening(PORT);
    List<Socket> clients = new ArrayList<>();
    try {
      for (int i = 0; i < Connections.MOST; i++) {
        Socket client = connect(PORT);
        clients.add(client);
        client.getOutputStream().write('x');
        assertThat(client.getInputStream().read()).isEqualTo('x');
      }
      try (Socket client = connect(PORT)) {
        assertThatThrownBy(() -> client.getInputStream().read())
            .isInstanceOf(SocketException.class);
      }
      clients.removeFirst().close();
      await(FreeAgain::isServed);
    } finally {
      for (Socket client : clients) {
        client.close();
      }
    }
  }

  private static final class FreeAgain {
    static boolean isServed() {
      try (Socket client = connect(PORT);
          OutputStream out = client.getOutputStream()) {
        out.write('x');
        return client.getInputStream().read() == 'x';
      } catch (IOException e) {
        return false;
      }
    }
  }

  @Test
  void the_end_frees_the_ports_and_ends_what_is_connected() throws Exception {
    listening(PORT);
    try (Socket client = connect(PORT)) {
      client.getOutputStream().write('x');
      assertThat(client.getInputStream().read()).isEqualTo('x');
      forwards.close();
      forwards.join();
      assertThatThrownBy(() -> client.getInputStream().read()).isInstanceOf(SocketException.class);
    }
    try (ServerSocket taken = new ServerSocket(PORT, 1, InetAddress.ofLiteral(VM.address()))) {
      assertThat(taken.isBound()).isTrue();
    }
  }
}
