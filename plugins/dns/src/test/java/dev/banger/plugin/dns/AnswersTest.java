package dev.banger.plugin.dns;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.xbill.DNS.ARecord;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Header;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.OPTRecord;
import org.xbill.DNS.Opcode;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.SOARecord;
import org.xbill.DNS.Section;
import org.xbill.DNS.SimpleResolver;
import org.xbill.DNS.TextParseException;
import org.xbill.DNS.Type;

/** Every kind of answer, over real sockets. */
class AnswersTest {
  private TestServer server;

  @BeforeEach
  void start() throws IOException {
    server =
        new TestServer().with("web", "127.77.0.2", "web", "api.shop").with("six", "fd00::6", "six");
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private static Message query(String name, int type, int dclass) throws TextParseException {
    return Message.newQuery(Record.newRecord(Name.fromString(name), type, dclass));
  }

  private static Message query(String name, int type) throws TextParseException {
    return query(name, type, DClass.IN);
  }

  private static String shown(Message message, int section) {
    return message.getSection(section).stream()
        .filter(record -> record.getType() != Type.OPT)
        .map(record -> record.getName() + " " + Type.string(record.getType()))
        .collect(Collectors.joining(", "));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          # asked         | type  | class | rcode    | flags | answer          | authority | additional
          web.vm.         | A     | IN    | NOERROR  | aa    | web.vm. A       |           |
          WeB.vM.         | A     | IN    | NOERROR  | aa    | WeB.vM. A       |           |
          api.shop.vm.    | A     | IN    | NOERROR  | aa    | api.shop.vm. A  |           |
          web.vm.         | AAAA  | IN    | NOERROR  | aa    |                 | vm. SOA   |
          six.vm.         | AAAA  | IN    | NOERROR  | aa    | six.vm. AAAA    |           |
          six.vm.         | A     | IN    | NOERROR  | aa    |                 | vm. SOA   |
          web.vm.         | MX    | IN    | NOERROR  | aa    |                 | vm. SOA   |
          web.vm.         | SOA   | IN    | NOERROR  | aa    |                 | vm. SOA   |
          web.vm.         | NS    | IN    | NOERROR  | aa    |                 | vm. SOA   |
          web.vm.         | ANY   | IN    | NOERROR  | aa    | web.vm. HINFO   |           |
          web.vm.         | HTTPS | IN    | NOERROR  | aa    |                 | vm. SOA   |
          web.vm.         | TYPE65534 | IN | NOERROR | aa    |                 | vm. SOA   |
          shop.vm.        | A     | IN    | NOERROR  | aa    |                 | vm. SOA   |
          nobody.vm.      | A     | IN    | NXDOMAIN | aa    |                 | vm. SOA   |
          nobody.vm.      | ANY   | IN    | NXDOMAIN | aa    |                 | vm. SOA   |
          x.web.vm.       | A     | IN    | NXDOMAIN | aa    |                 | vm. SOA   |
          *.vm.           | A     | IN    | NXDOMAIN | aa    |                 | vm. SOA   |
          vm.             | SOA   | IN    | NOERROR  | aa    | vm. SOA         |           |
          vm.             | NS    | IN    | NOERROR  | aa    | vm. NS          |           | _banger.vm. A
          vm.             | A     | IN    | NOERROR  | aa    |                 | vm. SOA   |
          _banger.vm.     | A     | IN    | NOERROR  | aa    | _banger.vm. A   |           |
          _banger.vm.     | TXT   | IN    | NOERROR  | aa    | _banger.vm. TXT |           |
          web.vm.         | A     | CH    | REFUSED  |       |                 |           |
          web.vm.         | A     | ANY   | REFUSED  |       |                 |           |
          vm.             | AXFR  | IN    | REFUSED  |       |                 |           |
          vm.             | IXFR  | IN    | REFUSED  |       |                 |           |
          web.vm.         | TSIG  | IN    | REFUSED  |       |                 |           |
          web.vm.         | OPT   | IN    | FORMERR  |       |                 |           |
          example.com.    | A     | IN    | REFUSED  |       |                 |           |
          .               | NS    | IN    | REFUSED  |       |                 |           |
          webvm.          | A     | IN    | REFUSED  |       |                 |           |
          2.0.77.127.in-addr.arpa. | PTR | IN | REFUSED |    |                 |           |
          """)
  void answers(
      String name,
      String type,
      String dclass,
      String rcode,
      String flags,
      String answer,
      String authority,
      String additional)
      throws IOException {
    Message query = query(name, Type.value(type, true), DClass.value(dclass));
    for (Message reply : List.of(server.udp(query), server.tcp(query))) {
      assertThat(Rcode.string(reply.getRcode())).isEqualTo(rcode);
      assertThat(reply.getHeader().getID()).isEqualTo(query.getHeader().getID());
      assertThat(reply.getHeader().getFlag(Flags.QR)).isTrue();
      assertThat(reply.getHeader().getFlag(Flags.AA)).isEqualTo(flags != null);
      assertThat(reply.getHeader().getFlag(Flags.RA)).isFalse();
      assertThat(reply.getHeader().getFlag(Flags.RD)).isTrue();
      assertThat(reply.getQuestion()).isEqualTo(query.getQuestion());
      assertThat(shown(reply, Section.ANSWER)).isEqualTo(answer == null ? "" : answer);
      assertThat(shown(reply, Section.AUTHORITY)).isEqualTo(authority == null ? "" : authority);
      assertThat(shown(reply, Section.ADDITIONAL)).isEqualTo(additional == null ? "" : additional);
      for (int section : new int[] {Section.ANSWER, Section.AUTHORITY}) {
        assertThat(reply.getSection(section))
            .allSatisfy(r -> assertThat(r.getTTL()).isLessThanOrEqualTo(5));
      }
    }
  }

  @Test
  void anAddressIsWhereTheVmIs() throws IOException {
    ARecord record =
        (ARecord) server.udp(query("web.vm.", Type.A)).getSection(Section.ANSWER).getFirst();
    assertThat(record.getAddress().getHostAddress()).isEqualTo("127.77.0.2");
  }

  @Test
  void noAnswerIsRememberedForMoreThan5Seconds() throws IOException {
    SOARecord soa =
        (SOARecord)
            server.udp(query("nobody.vm.", Type.A)).getSection(Section.AUTHORITY).getFirst();
    assertThat(soa.getMinimum()).isEqualTo(5);
    assertThat(soa.getTTL()).isEqualTo(5);
  }

  @Test
  void theSerialGrowsWithEveryChangeAndWithNoOther() throws IOException {
    long before = serial();
    server.with("web", "127.77.0.2", "web", "api.shop");
    assertThat(serial()).isEqualTo(before);
    server.with("db", "127.77.0.3", "db");
    assertThat(serial()).isGreaterThan(before);
  }

  private long serial() throws IOException {
    Message reply = server.udp(query("vm.", Type.SOA));
    return ((SOARecord) reply.getSection(Section.ANSWER).getFirst()).getSerial();
  }

  @Test
  void aRealResolverUnderstandsIt() throws IOException {
    SimpleResolver resolver = new SimpleResolver(server.address());
    resolver.setTimeout(Duration.ofSeconds(10));
    for (boolean tcp : new boolean[] {false, true}) {
      resolver.setTCP(tcp);
      assertThat(resolver.send(query("web.vm.", Type.A)).getSection(Section.ANSWER)).hasSize(1);
    }
  }

  @ParameterizedTest
  @CsvSource({
    // version, payload, rcode, extended rcode bits
    "0, 4096, NOERROR, 0",
    "0, 0, NOERROR, 0",
    "1, 1232, BADVERS, 1",
    "255, 512, BADVERS, 1"
  })
  void extensionsAreAnsweredWithOurOwn(int version, int payload, String rcode, int bits)
      throws IOException {
    Message query = query("web.vm.", Type.A);
    query.addRecord(new OPTRecord(payload, 0, version), Section.ADDITIONAL);
    Message reply = server.udp(query);
    assertThat(Rcode.string(reply.getRcode())).isEqualTo(rcode);
    assertThat(reply.getOPT().getVersion()).isZero();
    assertThat(reply.getOPT().getPayloadSize()).isEqualTo(1232);
    assertThat(reply.getOPT().getExtendedRcode()).isEqualTo(bits);
    assertThat(reply.getSection(Section.ANSWER)).hasSize(bits == 0 ? 1 : 0);
  }

  @Test
  void extensionsAreAlsoInErrorsAndOnlyWhereAskedFor() throws IOException {
    Message query = query("example.com.", Type.A);
    assertThat(server.udp(query).getOPT()).isNull();
    query.addRecord(new OPTRecord(1232, 0, 0), Section.ADDITIONAL);
    assertThat(server.udp(query).getOPT()).isNotNull();
  }

  @Test
  void twoExtensionsAreMalformed() throws IOException {
    Message query = query("web.vm.", Type.A);
    query.addRecord(new OPTRecord(1232, 0, 0), Section.ADDITIONAL);
    query.addRecord(new OPTRecord(1400, 0, 0), Section.ADDITIONAL);
    assertThat(server.udp(query).getRcode()).isEqualTo(Rcode.FORMERR);
  }

  @ParameterizedTest
  @CsvSource({"1", "2", "3", "4", "5", "6", "15"})
  void otherOperationsAreNotImplemented(int opcode) throws IOException {
    Message query = query("web.vm.", Type.A);
    query.getHeader().setOpcode(opcode);
    Header reply = new Header(server.udp(query.toWire()));
    assertThat(Rcode.string(reply.getRcode())).isEqualTo("NOTIMP");
    assertThat(reply.getOpcode()).isEqualTo(opcode).isNotEqualTo(Opcode.QUERY);
    assertThat(reply.getID()).isEqualTo(query.getHeader().getID());
  }

  @ParameterizedTest
  @CsvSource({"0", "2", "65535"})
  void oneQuestionAtATime(int count) throws IOException {
    byte[] packet = query("web.vm.", Type.A).toWire();
    packet[4] = (byte) (count >> 8);
    packet[5] = (byte) count;
    Header reply = new Header(server.udp(packet));
    assertThat(Rcode.string(reply.getRcode())).isEqualTo("FORMERR");
    assertThat(reply.getCount(Section.QUESTION)).isZero();
  }

  @Test
  void twoWholeQuestionsAreMalformedToo() throws IOException {
    Message query = query("web.vm.", Type.A);
    query.addRecord(
        Record.newRecord(Name.fromString("six.vm."), Type.AAAA, DClass.IN), Section.QUESTION);
    assertThat(new Header(server.udp(query.toWire())).getRcode()).isEqualTo(Rcode.FORMERR);
  }

  @Test
  void anAnswerThatIsTooBigIsCutAndSaysSo() throws IOException {
    Message big = new Message(7);
    big.addRecord(query("web.vm.", Type.A).getQuestion(), Section.QUESTION);
    for (int i = 1; i <= 100; i++) {
      big.addRecord(
          new ARecord(
              Name.fromString("web.vm."), DClass.IN, 5, InetAddress.ofLiteral("10.0.0." + i)),
          Section.ANSWER);
    }
    byte[] cut = Responder.wire(big, 512);
    assertThat(cut.length).isLessThanOrEqualTo(512);
    assertThat(new Header(cut).getFlag(Flags.TC)).isTrue();
    assertThat(new Header(Responder.wire(big, 65_535)).getFlag(Flags.TC)).isFalse();
  }

  @Test
  void theLongestNameFitsIntoTheSmallestPacket() throws IOException {
    String label = "a".repeat(61);
    Message query = query("%s.%s.%s.%s.vm.".formatted(label, label, label, label), Type.A);
    Message reply = server.udp(query);
    assertThat(Rcode.string(reply.getRcode())).isEqualTo("NXDOMAIN");
    assertThat(reply.getHeader().getFlag(Flags.TC)).isFalse();
    assertThat(reply.numBytes()).isLessThanOrEqualTo(512);
  }
}
