package dev.banger.plugin.dns;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Message;
import org.xbill.DNS.Record;
import org.xbill.DNS.Section;
import org.xbill.DNS.TXTRecord;
import org.xbill.DNS.Type;

/** Asks whoever answers at an address which banger it is. */
final class Probe {
  private static final Duration PATIENCE = Duration.ofMillis(700);

  private Probe() {}

  /** Empty when nobody answers, or something else does. */
  static Optional<String> identity(Zone zone, InetSocketAddress at) {
    InetSocketAddress server =
        new InetSocketAddress(Service.reachable(at.getAddress()), at.getPort());
    Message query = Message.newQuery(Record.newRecord(zone.server(), Type.TXT, DClass.IN));
    byte[] packet = query.toWire();
    try (DatagramSocket socket = new DatagramSocket()) {
      socket.connect(server);
      socket.setSoTimeout((int) PATIENCE.toMillis());
      socket.send(new DatagramPacket(packet, packet.length));
      DatagramPacket reply = new DatagramPacket(new byte[Responder.PAYLOAD], Responder.PAYLOAD);
      socket.receive(reply);
      Message answer = new Message(java.util.Arrays.copyOf(reply.getData(), reply.getLength()));
      List<Record> records = answer.getSection(Section.ANSWER);
      if (answer.getHeader().getID() == query.getHeader().getID()
          && !records.isEmpty()
          && records.getFirst() instanceof TXTRecord text
          && !text.getStrings().isEmpty()) {
        return Optional.of(text.getStrings().getFirst());
      }
    } catch (IOException | RuntimeException e) {
      // Nobody, or nobody who speaks DNS.
    }
    return Optional.empty();
  }
}
