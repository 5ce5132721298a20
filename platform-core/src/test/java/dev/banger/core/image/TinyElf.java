package dev.banger.core.image;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;

/** ELF files with headers and nothing else. */
final class TinyElf {
  private static final int PT_LOAD = 1;
  private static final int PT_INTERP = 3;

  private TinyElf() {}

  static Path linkedStatically(Path file) throws IOException {
    return Files.write(file, elf(PT_LOAD, PT_LOAD));
  }

  static Path linkedDynamically(Path file) throws IOException {
    return Files.write(file, elf(PT_LOAD, PT_INTERP));
  }

  static byte[] elf(int... segments) {
    ByteBuffer elf = ByteBuffer.allocate(64 + 56 * segments.length);
    elf.order(ByteOrder.LITTLE_ENDIAN);
    elf.put(0, new byte[] {0x7f, 'E', 'L', 'F', 2, 1, 1});
    elf.putLong(32, 64).putShort(54, (short) 56).putShort(56, (short) segments.length);
    for (int i = 0; i < segments.length; i++) {
      elf.putInt(64 + 56 * i, segments[i]);
    }
    return elf.array();
  }
}
