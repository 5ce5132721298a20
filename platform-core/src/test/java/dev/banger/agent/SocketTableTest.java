package dev.banger.agent;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is made of /proc/net/tcp and its like, whatever they hold. */
class SocketTableTest {
  private static final String HEADER =
      "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n";

  private final SocketTable table = new SocketTable();

  private static InputStream text(String text) {
    return new ByteArrayInputStream(text.getBytes(StandardCharsets.ISO_8859_1));
  }

  private static String line(String local, String remote, String state, long inode) {
    return "   0: %s %s %s 00000000:00000000 00:00000000 00000000     0        0 %d 1 0000000000000000 100 0 0 10 0\n"
        .formatted(local, remote, state, inode);
  }

  @Test
  void sockets_that_listen_are_told_from_connections() throws IOException {
    table.add(
        text(
            HEADER
                + line("0100007F:0BB8", "00000000:0000", "0A", 42)
                + line("0F02000A:0BB8", "0202000A:C350", "01", 43)
                + line("00000000:0050", "00000000:0000", "0A", 44)),
        false,
        false);

    assertThat(table.listeners())
        .containsExactly(
            new Bound(false, 80, "0.0.0.0", 44, false),
            new Bound(false, 3000, "127.0.0.1", 42, false));
  }

  @Test
  void udp_counts_while_it_is_connected_to_nobody() throws IOException {
    table.add(
        text(
            HEADER
                + line("00000000:0035", "00000000:0000", "07", 1)
                + line("0F02000A:A000", "0302000A:0035", "01", 2)
                + line("0F02000A:A001", "0302000A:0035", "07", 3)),
        true,
        true);

    assertThat(table.listeners()).containsExactly(new Bound(true, 53, "0.0.0.0", 1, true));
  }

  @ParameterizedTest
  @CsvSource({
    "0100007F, 127.0.0.1",
    "0F02000A, 10.0.2.15",
    "00000000000000000000000000000000, ::",
    "00000000000000000000000001000000, ::1",
    "0000000000000000FFFF00000100007F, 127.0.0.1",
    "000080FE00000000FF00549A12563412, fe80::9a54:ff:1234:5612",
    "B80D0120000000010000000001000000, 2001:db8:100::1",
  })
  void addresses_are_written_as_people_do(String hex, String text) {
    assertThat(HexAddress.text(hex)).isEqualTo(text);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "\n\n\n",
        "   0:\n",
        "   0: 0100007F:0BB8\n",
        "   0: 0100007F 00000000:0000 0A 0:0 0:0 0 0 0 7\n",
        "   0: 0100007G:0BB8 00000000:0000 0A 0:0 0:0 0 0 0 7\n",
        "   0: 01007F:0BB8 00000000:0000 0A 0:0 0:0 0 0 0 7\n",
        "   0: 0100007F:1FFFF 00000000:0000 0A 0:0 0:0 0 0 0 7\n",
        "   0: 0100007F:-001 00000000:0000 0A 0:0 0:0 0 0 0 7\n",
        "   0: 0100007F:0000 00000000:0000 0A 0:0 0:0 0 0 0 7\n",
        "   0: 0100007F:0BB8 00000000:0000 0A 0:0 0:0 0 0 0 -7\n",
        "   0: 0100007F:0BB8 00000000:0000 0A 0:0 0:0 0 0 0 99999999999999999999\n",
        "   0: \u001b[31m:0BB8 00000000:0000 0A 0:0 0:0 0 0 0 7\n",
      })
  void what_no_kernel_writes_is_passed_over(String text) throws IOException {
    table.add(text(text), false, false);
    assertThat(table.listeners()).isEmpty();
  }

  @Test
  void a_line_without_end_and_a_million_sockets_cost_no_memory() throws IOException {
    table.add(text("x".repeat(3_000_000)), false, false);
    assertThat(table.listeners()).isEmpty();

    table.add(new Sockets(1_000_000), false, false);
    List<Bound> kept = table.listeners();
    assertThat(kept).hasSize(SocketTable.MOST).isSorted();
    assertThat(kept.getFirst().port()).isEqualTo(1);
    assertThat(kept).extracting(Bound::port).allMatch(port -> port <= 300);
  }

  /** As many lines, made as they are read. */
  private static final class Sockets extends InputStream {
    private final int count;
    private int made;
    private byte[] line = new byte[0];
    private int at;

    Sockets(int count) {
      this.count = count;
    }

    @Override
    public int read() {
      throw new UnsupportedOperationException();
    }

    @Override
    public int read(byte[] to, int from, int length) {
      if (at == line.length) {
        if (made == count) {
          return -1;
        }
        int port = 65_535 - made % 65_535;
        line =
            line("%08X:%04X".formatted(made, port), "00000000:0000", "0A", made)
                .getBytes(StandardCharsets.ISO_8859_1);
        at = 0;
        made++;
      }
      int taken = Math.min(length, line.length - at);
      System.arraycopy(line, at, to, from, taken);
      at += taken;
      return taken;
    }
  }
}
