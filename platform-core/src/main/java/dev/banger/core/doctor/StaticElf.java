package dev.banger.core.doctor;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Whether a program runs without any library beside it, as it must inside an initramfs: a 64-bit
 * ELF file without a {@code PT_INTERP} segment (ELF-64 object file format, "Program header").
 */
final class StaticElf {
  private static final int HEADER = 64;
  private static final int MAGIC = 0x7f454c46;
  private static final int ELF64 = 2;
  private static final int LITTLE_ENDIAN = 1;
  private static final int PT_INTERP = 3;

  /** Program headers follow the file header; more than this is not looked at. */
  private static final int LOOKED_AT = 16 * 1024;

  private StaticElf() {}

  static boolean test(Path file) {
    byte[] bytes;
    try (InputStream in = Files.newInputStream(file)) {
      bytes = in.readNBytes(LOOKED_AT);
    } catch (IOException e) {
      return false;
    }
    ByteBuffer elf = ByteBuffer.wrap(bytes);
    if (bytes.length < HEADER || elf.getInt(0) != MAGIC || elf.get(4) != ELF64) {
      return false;
    }
    elf.order(elf.get(5) == LITTLE_ENDIAN ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN);
    long offset = elf.getLong(32);
    int size = Short.toUnsignedInt(elf.getShort(54));
    int count = Short.toUnsignedInt(elf.getShort(56));
    if (offset < HEADER || offset > LOOKED_AT || offset + (long) size * count > bytes.length) {
      return false;
    }
    for (int i = 0; i < count; i++) {
      if (size < Integer.BYTES || elf.getInt((int) offset + i * size) == PT_INTERP) {
        return false;
      }
    }
    return true;
  }
}
