package dev.banger.plugin.dns;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.Section;
import org.xbill.DNS.TextParseException;
import org.xbill.DNS.Type;

/** What clients over TCP, and many at once, may and may not do. */
class ConnectionsTest {
  private static final InetSocketAddress ANY = new InetSocketAddress(TestServer.HERE, 0);

  private static Message web(int id) throws TextParseException {
    Message query =
        Message.newQuery(Record.newRecord(Name.fromString("web.vm."), Type.A, DClass.IN));
    query.getHeader().setID(id);
    return query;
  }

  @Test
  void queriesMayFollowEachOtherWithoutWaiting() throws Exception {
    try (TestServer server = new TestServer().with("web", "127.77.0.2", "web");
        Socket socket = server.connect()) {
      ByteArrayOutputStream all = new ByteArrayOutputStream();
      for (int id = 0; id < 500; id++) {
        all.write(TestServer.framed(web(id).toWire()));
      }
      socket.getOutputStream().write(all.toByteArray());
      socket.shutdownOutput();
      for (int id = 0; id < 500; id++) {
        assertThat(new Message(TestServer.receive(socket)).getHeader().getID()).isEqualTo(id);
      }
      assertThat(socket.getInputStream().read()).isEqualTo(-1);
    }
  }

  @Test
  void aQueryMayComeByteByByte() throws Exception {
    try (TestServer server = new TestServer().with("web", "127.77.0.2", "web");
        Socket socket = server.connect()) {
      socket.setTcpNoDelay(true);
      for (byte part : TestServer.framed(web(7).toWire())) {
        socket.getOutputStream().write(part);
        socket.getOutputStream().flush();
      }
      assertThat(new Message(TestServer.receive(socket)).getSection(Section.ANSWER)).hasSize(1);
    }
  }

  @Test
  void whoNeverReadsIsNotReadFromForever() throws Exception {
    try (TestServer server =
            new TestServer(ANY, Duration.ofMillis(1500)).with("web", "::1", "web");
        Socket socket = server.connect()) {
      byte[] query = TestServer.framed(web(1).toWire());
      // Far more than all buffers on the way hold: the server has to end it.
      assertThatThrownBy(
              () -> {
                for (int i = 0; i < 5_000_000; i++) {
                  socket.getOutputStream().write(query);
                }
              })
          .isInstanceOf(IOException.class);
      assertThat(server.udp(web(2)).getRcode()).isEqualTo(Rcode.NOERROR);
    }
  }

  @Test
  void whoIsSilentOrDripsIsCutOff() throws Exception {
    try (TestServer server = new TestServer(ANY, Duration.ofMillis(200));
        Socket silent = server.connect();
        Socket half = server.connect()) {
      half.getOutputStream().write(new byte[] {0, 40, 1, 2, 3});
      assertThat(silent.getInputStream().read()).isEqualTo(-1);
      assertThat(half.getInputStream().read()).isEqualTo(-1);
    }
  }

  @Test
  void whatIsNoDnsEndsTheConnection() throws Exception {
    for (byte[] nonsense :
        List.of(
            new byte[] {(byte) 0xff, (byte) 0xff, 1},
            new byte[] {0, 0},
            new byte[] {0, 3, 1, 2, 3},
            "GET / HTTP/1.1\r\n\r\n".getBytes(java.nio.charset.StandardCharsets.US_ASCII))) {
      try (TestServer server = new TestServer();
          Socket socket = server.connect()) {
        socket.getOutputStream().write(nonsense);
        assertThat(ended(socket)).isTrue();
      }
    }
  }

  private static boolean ended(Socket socket) {
    try {
      return socket.getInputStream().read() == -1;
    } catch (IOException e) {
      return true;
    }
  }

  @Test
  void oneMoreThanAllowedCostsTheOneThatWasSilentLongest() throws Exception {
    List<Socket> sockets = new ArrayList<>();
    try (TestServer server = new TestServer().with("web", "127.77.0.2", "web")) {
      try {
        for (int i = 0; i < DnsServer.MAX_CONNECTIONS + 50; i++) {
          Socket socket = server.connect();
          sockets.add(socket);
          TestServer.send(socket, web(i).toWire());
          assertThat(new Message(TestServer.receive(socket)).getHeader().getID()).isEqualTo(i);
        }
        assertThat(sockets.subList(0, 50)).allMatch(ConnectionsTest::ended);
        for (Socket open : sockets.subList(50, sockets.size())) {
          TestServer.send(open, web(9).toWire());
          assertThat(new Message(TestServer.receive(open)).getHeader().getID()).isEqualTo(9);
        }
      } finally {
        for (Socket socket : sockets) {
          socket.close();
        }
      }
    }
  }

  @Test
  void thePortIsFreeAtOnceAfterAClose() throws Exception {
    InetSocketAddress address;
    try (TestServer first = new TestServer().with("web", "127.77.0.2", "web")) {
      address = first.address();
      first.tcp(web(1));
      assertThatThrownBy(() -> new TestServer(address, DnsServer.IDLE))
          .isInstanceOf(java.net.BindException.class);
    }
    for (int round = 0; round < 5; round++) {
      try (TestServer again =
          new TestServer(address, DnsServer.IDLE).with("web", "127.77.0.3", "web")) {
        assertThat(again.tcp(web(1)).getSection(Section.ANSWER)).hasSize(1);
        assertThat(again.udp(web(1)).getSection(Section.ANSWER)).hasSize(1);
      }
    }
  }

  @Test
  void answersAreRightWhileNamesComeAndGo() throws Exception {
    try (TestServer server = new TestServer().with("web", "127.77.0.2", "web");
        ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<?>> asked = new ArrayList<>();
      for (int client = 0; client < 200; client++) {
        int id = client;
        asked.add(
            threads.submit(
                () -> {
                  for (int i = 0; i < 5; i++) {
                    Message reply = id % 4 == 0 ? server.tcp(web(id)) : server.udp(web(id));
                    assertThat(reply.getHeader().getID()).isEqualTo(id);
                    assertThat(reply.getSection(Section.ANSWER)).hasSize(1);
                  }
                  return null;
                }));
      }
      for (int i = 0; i < 500; i++) {
        server.with("vm" + i % 20, "127.77.1." + i % 250, "vm" + i % 20, "x" + i);
      }
      for (Future<?> one : asked) {
        one.get();
      }
    }
  }
}
