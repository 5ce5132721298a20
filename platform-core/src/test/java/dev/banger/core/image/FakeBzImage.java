package dev.banger.core.image;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.zip.GZIPOutputStream;

/** Kernel files with a header of the boot protocol and a payload, true or not. */
final class FakeBzImage {
  private static final int SETUP_SECTORS = 3;
  private static final int SETUP = 512 * (1 + SETUP_SECTORS);
  private static final int PAYLOAD_OFFSET = 300;

  private final ByteBuffer file;

  private FakeBzImage(byte[] payload) {
    file =
        ByteBuffer.allocate(SETUP + PAYLOAD_OFFSET + payload.length + 100)
            .order(ByteOrder.LITTLE_ENDIAN);
    file.put(0x1f1, (byte) SETUP_SECTORS);
    file.putShort(0x1fe, (short) 0xaa55);
    file.put(0x202, new byte[] {'H', 'd', 'r', 'S'});
    version(0x020f);
    payload(PAYLOAD_OFFSET, payload.length);
    file.put(SETUP + PAYLOAD_OFFSET, payload);
  }

  static FakeBzImage holding(byte[] payload) {
    return new FakeBzImage(payload);
  }

  FakeBzImage version(int version) {
    file.putShort(0x206, (short) version);
    return this;
  }

  FakeBzImage payload(int offset, int length) {
    file.putInt(0x248, offset).putInt(0x24c, length);
    return this;
  }

  Path at(Path path) throws IOException {
    return Files.write(path, file.array());
  }

  /** An ELF kernel of that size that packs well. */
  static byte[] elf(int size) {
    ByteBuffer elf = ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
    elf.put(0, new byte[] {0x7f, 'E', 'L', 'F', 2, 1, 1});
    elf.putShort(16, (short) 2).putShort(18, (short) 62).putLong(32, 64);
    elf.putShort(54, (short) 56).putShort(56, (short) 1);
    for (int i = 200; i < size; i++) {
      elf.put(i, (byte) (i % 251 * (i >> 16)));
    }
    return elf.array();
  }

  static byte[] gzip(byte[] bytes) throws IOException {
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    try (var gzip = new GZIPOutputStream(packed)) {
      gzip.write(bytes);
    }
    return packed.toByteArray();
  }

  /** As the kernel's build does it, the length behind it. */
  static byte[] xz(byte[] bytes, Path dir) throws IOException, InterruptedException {
    return sized(packed(bytes, dir, "xz", "--check=crc32"), bytes.length);
  }

  static byte[] zstd(byte[] bytes, Path dir) throws IOException, InterruptedException {
    return sized(packed(bytes, dir, "zstd", "-q"), bytes.length);
  }

  /** A match after some literals, which repeats itself; then the rest as literals. */
  static byte[] lz4(byte[] start, int repeats, byte[] rest) {
    ByteBuffer block =
        ByteBuffer.allocate(start.length + repeats / 255 + rest.length * 2 + 64)
            .order(ByteOrder.LITTLE_ENDIAN);
    sequence(block, start, repeats - 4);
    block.putShort((short) start.length);
    length(block, repeats - 4 - 15);
    sequence(block, rest, 0);
    byte[] bytes = new byte[block.position()];
    block.flip().get(bytes);
    return lz4Frame(bytes);
  }

  static byte[] lz4Frame(byte[]... blocks) {
    ByteBuffer frame = ByteBuffer.allocate(1 << 24).order(ByteOrder.LITTLE_ENDIAN);
    frame.putInt(0x184c2102);
    for (byte[] block : blocks) {
      frame.putInt(block.length).put(block);
    }
    byte[] bytes = new byte[frame.position()];
    frame.flip().get(bytes);
    return bytes;
  }

  static byte[] literals(byte[] bytes) {
    ByteBuffer block = ByteBuffer.allocate(bytes.length + bytes.length / 255 + 16);
    sequence(block, bytes, 0);
    byte[] all = new byte[block.position()];
    block.flip().get(all);
    return all;
  }

  static byte[] sized(byte[] packed, int length) {
    return ByteBuffer.allocate(packed.length + 4)
        .order(ByteOrder.LITTLE_ENDIAN)
        .put(packed)
        .putInt(length)
        .array();
  }

  private static void sequence(ByteBuffer block, byte[] literals, int match) {
    block.put((byte) ((Math.min(15, literals.length) << 4) | Math.min(15, match)));
    length(block, literals.length - 15);
    block.put(literals);
  }

  private static void length(ByteBuffer block, int more) {
    int left = more;
    while (left >= 255) {
      block.put((byte) 255);
      left -= 255;
    }
    if (left >= 0) {
      block.put((byte) left);
    }
  }

  private static byte[] packed(byte[] bytes, Path dir, String... tool)
      throws IOException, InterruptedException {
    Path in = Files.write(dir.resolve("unpacked"), bytes);
    Path out = dir.resolve("packed");
    Process process =
        new ProcessBuilder(tool).redirectInput(in.toFile()).redirectOutput(out.toFile()).start();
    if (!process.waitFor(30, TimeUnit.SECONDS) || process.exitValue() != 0) {
      throw new IOException(tool[0] + " failed");
    }
    return Files.readAllBytes(out);
  }
}
