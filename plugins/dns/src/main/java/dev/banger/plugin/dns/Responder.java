package dev.banger.plugin.dns;

import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.xbill.DNS.AAAARecord;
import org.xbill.DNS.ARecord;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Flags;
import org.xbill.DNS.HINFORecord;
import org.xbill.DNS.Header;
import org.xbill.DNS.Message;
import org.xbill.DNS.NSRecord;
import org.xbill.DNS.Name;
import org.xbill.DNS.OPTRecord;
import org.xbill.DNS.Opcode;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.SOARecord;
import org.xbill.DNS.Section;
import org.xbill.DNS.TXTRecord;
import org.xbill.DNS.Type;

/** What is answered to one packet. Whatever is in the packet, it returns. */
final class Responder {
  /** What fits into one packet on every network; also what is announced. */
  static final int PAYLOAD = 1232;

  private static final int PLAIN_PAYLOAD = 512;
  private static final int STREAM_PAYLOAD = 65_535;
  private static final int EDNS_VERSION = 0;

  private final Zone zone;
  private final long ttl;
  private final String identity;
  private final Supplier<LiveTable.State> live;
  private final System.Logger log;

  /**
   * @param ttl in seconds
   * @param identity which daemon this is: the text of the server's own name
   */
  Responder(
      Zone zone, long ttl, String identity, Supplier<LiveTable.State> live, System.Logger log) {
    this.zone = zone;
    this.ttl = ttl;
    this.identity = identity;
    this.live = live;
    this.log = log;
  }

  /**
   * @param packet without the length that precedes it in a stream
   * @return empty when there is nobody to answer: no header, or an answer itself, to which an
   *     answer would go back and forth forever
   */
  Optional<byte[]> respond(byte[] packet, boolean stream) {
    if (packet.length < Header.LENGTH || (packet[2] & 0x80) != 0) {
      return Optional.empty();
    }
    if (((packet[2] >> 3) & 0xf) != Opcode.QUERY) {
      return Optional.of(bare(packet, Rcode.NOTIMP));
    }
    try {
      return Optional.of(answered(packet, stream));
    } catch (IOException | RuntimeException e) {
      // The parser throws either for what is malformed.
      return Optional.of(bare(packet, Rcode.FORMERR));
    }
  }

  private byte[] answered(byte[] packet, boolean stream) throws IOException {
    Message query = new Message(packet);
    Record question = query.getQuestion();
    List<Record> options =
        query.getSection(Section.ADDITIONAL).stream()
            .filter(extra -> extra.getType() == Type.OPT)
            .toList();
    if (count(packet, Section.QUESTION) != 1
        || question == null
        || options.size() > 1
        || options.stream().anyMatch(option -> !option.getName().equals(Name.root))) {
      return bare(packet, Rcode.FORMERR);
    }
    Optional<OPTRecord> option = options.stream().map(OPTRecord.class::cast).findFirst();
    Reply reply = new Reply(query, question);
    try {
      if (option.isPresent() && option.get().getVersion() > EDNS_VERSION) {
        reply.rcode = Rcode.BADVERS;
      } else {
        fill(reply, question);
      }
      int limit =
          stream
              ? STREAM_PAYLOAD
              : option
                  .map(given -> Math.clamp(given.getPayloadSize(), PLAIN_PAYLOAD, PAYLOAD))
                  .orElse(PLAIN_PAYLOAD);
      return wire(reply.done(option.isPresent()), limit);
    } catch (RuntimeException e) {
      log.log(System.Logger.Level.WARNING, "cannot answer " + question, e);
      return bare(packet, Rcode.SERVFAIL);
    }
  }

  /** Cut at a record, and marked as cut, when it is longer. */
  static byte[] wire(Message message, int limit) {
    return message.toWire(limit);
  }

  private void fill(Reply reply, Record question) {
    Name name = question.getName();
    int type = question.getType();
    if (question.getDClass() != DClass.IN || !zone.contains(name) || isTransfer(type)) {
      reply.rcode = Rcode.REFUSED;
      return;
    }
    if (type == Type.OPT) {
      reply.rcode = Rcode.FORMERR;
      return;
    }
    reply.authoritative = true;
    LiveTable.State state = live.get();
    boolean apex = name.equals(zone.apex());
    if (!apex && !state.table().exists(name)) {
      reply.rcode = Rcode.NXDOMAIN;
      reply.add(soa(zone.apex(), state), Section.AUTHORITY);
      return;
    }
    if (type == Type.ANY) {
      // RFC 8482: as little as there can be.
      reply.add(new HINFORecord(name, DClass.IN, ttl, "RFC8482", ""), Section.ANSWER);
    } else if (apex && type == Type.SOA) {
      reply.add(soa(name, state), Section.ANSWER);
    } else if (apex && type == Type.NS) {
      reply.add(new NSRecord(name, DClass.IN, ttl, zone.server()), Section.ANSWER);
      state
          .table()
          .address(zone.server())
          .ifPresent(server -> reply.add(address(zone.server(), server), Section.ADDITIONAL));
    } else if (type == Type.TXT && name.equals(zone.server())) {
      reply.add(new TXTRecord(name, DClass.IN, ttl, identity), Section.ANSWER);
    } else {
      state
          .table()
          .address(name)
          .map(found -> address(name, found))
          .filter(found -> found.getType() == type)
          .ifPresentOrElse(
              found -> reply.add(found, Section.ANSWER),
              () -> reply.add(soa(zone.apex(), state), Section.AUTHORITY));
    }
  }

  /** AXFR, IXFR and the types that are no data: TKEY, TSIG, MAILB, MAILA. */
  private static boolean isTransfer(int type) {
    return type >= Type.TKEY && type < Type.ANY;
  }

  private Record address(Name name, InetAddress address) {
    return address instanceof Inet4Address
        ? new ARecord(name, DClass.IN, ttl, address)
        : new AAAARecord(name, DClass.IN, ttl, address);
  }

  private SOARecord soa(Name owner, LiveTable.State state) {
    return new SOARecord(
        owner,
        DClass.IN,
        ttl,
        zone.server(),
        zone.mailbox(),
        state.serial() & 0xffff_ffffL,
        60,
        10,
        600,
        ttl);
  }

  private static int count(byte[] packet, int section) {
    int at = 4 + 2 * section;
    return (packet[at] & 0xff) << 8 | (packet[at + 1] & 0xff);
  }

  /** A header alone, made without looking at more than the header. */
  private static byte[] bare(byte[] packet, int rcode) {
    byte[] reply = new byte[Header.LENGTH];
    reply[0] = packet[0];
    reply[1] = packet[1];
    // It is an answer; opcode and "recursion desired" as asked.
    reply[2] = (byte) (0x80 | (packet[2] & 0x79));
    reply[3] = (byte) rcode;
    return reply;
  }

  /** Collects an answer. */
  private static final class Reply {
    private final Message message;
    private int rcode = Rcode.NOERROR;
    private boolean authoritative;

    Reply(Message query, Record question) {
      message = new Message(query.getHeader().getID());
      message.getHeader().setFlag(Flags.QR);
      if (query.getHeader().getFlag(Flags.RD)) {
        message.getHeader().setFlag(Flags.RD);
      }
      // The very name that was asked: some resolvers put randomness into its case.
      message.addRecord(question, Section.QUESTION);
    }

    void add(Record record, int section) {
      message.addRecord(record, section);
    }

    Message done(boolean extended) {
      message.getHeader().setRcode(rcode & 0xf);
      if (authoritative) {
        message.getHeader().setFlag(Flags.AA);
      }
      if (extended) {
        message.addRecord(new OPTRecord(PAYLOAD, rcode >> 4, EDNS_VERSION), Section.ADDITIONAL);
      }
      return message;
    }
  }
}
