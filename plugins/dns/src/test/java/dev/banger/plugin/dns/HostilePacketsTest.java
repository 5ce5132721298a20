package dev.banger.plugin.dns;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.UnixOperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.Socket;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Header;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.OPTRecord;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.Section;
import org.xbill.DNS.Type;

/** Whatever is sent, the server goes on, and is right afterwards. */
class HostilePacketsTest {
  private static final int PACKETS = 10_000;

  private static byte[] sound(int id) throws IOException {
    Message query =
        Message.newQuery(Record.newRecord(Name.fromString("web.vm."), Type.A, DClass.IN));
    query.addRecord(new OPTRecord(1232, 0, 0), Section.ADDITIONAL);
    query.getHeader().setID(id);
    return query.toWire();
  }

  /** Random bytes, or a sound query with bytes changed, cut, doubled or counts raised. */
  private static List<byte[]> packets() throws IOException {
    Random random = new Random(20_260_101);
    List<byte[]> packets = new ArrayList<>();
    for (int i = 0; i < PACKETS; i++) {
      byte[] packet = sound(i & 0xffff);
      switch (random.nextInt(6)) {
        case 0 -> {
          packet = new byte[random.nextInt(600)];
          random.nextBytes(packet);
        }
        case 1 -> {
          for (int change = random.nextInt(8); change >= 0; change--) {
            packet[random.nextInt(packet.length)] = (byte) random.nextInt();
          }
        }
        case 2 -> packet = Arrays.copyOf(packet, random.nextInt(packet.length));
        case 3 -> {
          byte[] longer = Arrays.copyOf(packet, packet.length + random.nextInt(5000));
          System.arraycopy(packet, 0, longer, longer.length - packet.length, packet.length);
          packet = longer;
        }
        case 4 -> {
          // Pointers, also to themselves, where the name is.
          packet[12 + random.nextInt(6)] = (byte) 0xc0;
          packet[13 + random.nextInt(6)] = (byte) random.nextInt(40);
        }
        default -> {
          for (int at = 4; at < 12; at++) {
            packet[at] = (byte) random.nextInt();
          }
        }
      }
      packets.add(packet);
    }
    return packets;
  }

  private static long descriptors() {
    return ((UnixOperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean())
        .getOpenFileDescriptorCount();
  }

  private static void isRight(TestServer server) throws IOException {
    assertThat(server.runs()).isTrue();
    assertThat(new Message(server.udp(sound(77))).getSection(Section.ANSWER)).hasSize(1);
    assertThat(server.tcp(new Message(sound(78))).getSection(Section.ANSWER)).hasSize(1);
  }

  @Test
  void everyPacketIsAnsweredAsWhatItIsOrDropped() throws IOException {
    TestServer.ZONE.apex();
    LiveTable table =
        new LiveTable(
            TestServer.ZONE,
            TestServer.HERE,
            List::of,
            System::nanoTime,
            1,
            System.getLogger("test"));
    Responder responder =
        new Responder(TestServer.ZONE, 5, "banger test", table::now, System.getLogger("test"));
    for (byte[] packet : packets()) {
      Optional<byte[]> reply = responder.respond(packet, false);
      boolean drop = packet.length < Header.LENGTH || packet[2] < 0;
      assertThat(reply.isEmpty()).isEqualTo(drop);
      if (reply.isPresent()) {
        Message answer = new Message(reply.get());
        assertThat(reply.get().length).isLessThanOrEqualTo(Responder.PAYLOAD);
        assertThat(answer.getHeader().getID())
            .isEqualTo((packet[0] & 0xff) << 8 | (packet[1] & 0xff));
        assertThat(answer.getRcode()).isNotEqualTo(Rcode.SERVFAIL);
      }
    }
  }

  @Test
  void nothingIsLeftOfTenThousandBadPackets() throws IOException {
    try (TestServer server = new TestServer().with("web", "127.77.0.2", "web")) {
      isRight(server);
      long before = descriptors();
      int threads = Thread.activeCount();
      try (DatagramSocket socket = new DatagramSocket()) {
        socket.connect(server.address());
        int sent = 0;
        for (byte[] packet : packets()) {
          socket.send(new DatagramPacket(packet, packet.length));
          // Waits now and then, so that none is lost for want of room.
          if (++sent % 50 == 0) {
            isRight(server);
          }
        }
      }
      isRight(server);
      Socket socket = server.connect();
      try {
        for (byte[] packet : packets()) {
          try {
            // Framed, so that the server reads on; what it takes as an end ends the connection.
            TestServer.send(socket, packet);
            if (socket.getInputStream().available() > 16_384) {
              socket.getInputStream().skipNBytes(socket.getInputStream().available());
            }
          } catch (IOException e) {
            socket.close();
            socket = server.connect();
          }
        }
      } finally {
        socket.close();
      }
      isRight(server);
      // The server notices that the last connection is closed once it has had its turn.
      for (int i = 0; i < 1000 && descriptors() > before; i++) {
        isRight(server);
      }
      assertThat(descriptors()).isLessThanOrEqualTo(before);
      assertThat(Thread.activeCount()).isLessThanOrEqualTo(threads);
    }
  }
}
