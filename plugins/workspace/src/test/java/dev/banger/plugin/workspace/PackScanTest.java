package dev.banger.plugin.workspace;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.banger.api.CapabilityException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.util.List;
import java.util.zip.Deflater;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Packs that would become huge never get to git. */
class PackScanTest {
  private static final long TEN_GB = 10_000_000_000L;

  static List<Arguments> packs() {
    byte[] zeros = deflated(new byte[80 << 20]);
    return List.of(
        arguments("zeros", object(3, 80 << 20, zeros), "64 MiB"),
        arguments("zeros that deny it", object(3, 10, zeros), "damaged"),
        arguments("declared", object(3, TEN_GB, new byte[0]), "64 MiB"),
        arguments("beyond all numbers", object(3, Long.MAX_VALUE, new byte[0]), "64 MiB"),
        arguments(
            "a delta", object(7, 12, concat(new byte[20], deflated(delta(TEN_GB)))), "64 MiB"),
        arguments("too many", concat(count(2_000_000), new byte[100]), "1,000,000"),
        arguments("shorter", object(3, 100, deflated(new byte[10])), "damaged"),
        arguments("no pack", "PACKxxxxxxxxxxxxxxx".getBytes(UTF_8), "damaged"));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("packs")
  void a_pack_that_would_become_huge_never_gets_to_git(String what, byte[] pack, String word) {
    assertThatThrownBy(() -> PackScan.check(new ByteArrayInputStream(pack), Limits.of("64MiB"), 20))
        .isInstanceOf(CapabilityException.class)
        .hasMessageContaining(word);
  }

  private static byte[] count(int count) {
    return concat(
        "PACK\0\0\0\2".getBytes(ISO_8859_1),
        new byte[] {(byte) (count >> 24), (byte) (count >> 16), (byte) (count >> 8), (byte) count});
  }

  private static byte[] object(int type, long size, byte[] content) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes(count(1));
    long rest = size >> 4;
    out.write((int) (type << 4 | (size & 15) | (rest > 0 ? 0x80 : 0)));
    while (rest > 0) {
      out.write((int) ((rest & 0x7f) | (rest >> 7 > 0 ? 0x80 : 0)));
      rest >>= 7;
    }
    out.writeBytes(content);
    return out.toByteArray();
  }

  /** From 1 byte to so many. */
  private static byte[] delta(long size) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write(1);
    for (long rest = size; rest > 0; rest >>= 7) {
      out.write((int) ((rest & 0x7f) | (rest >> 7 > 0 ? 0x80 : 0)));
    }
    while (out.size() < 12) {
      out.write(1);
    }
    return out.toByteArray();
  }

  private static byte[] deflated(byte[] content) {
    Deflater deflater = new Deflater();
    deflater.setInput(content);
    deflater.finish();
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    byte[] buffer = new byte[8192];
    while (!deflater.finished()) {
      out.write(buffer, 0, deflater.deflate(buffer));
    }
    deflater.end();
    return out.toByteArray();
  }

  private static byte[] concat(byte[] first, byte[] second) {
    try (InputStream both =
        new SequenceInputStream(
            new ByteArrayInputStream(first), new ByteArrayInputStream(second))) {
      return both.readAllBytes();
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }
}
