package dev.banger.core.image;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/** The first bytes of an ELF file, as far as they tell whether it can be booted. */
final class ElfHeader {
  static final int LENGTH = 64;

  private static final byte[] MAGIC = {0x7f, 'E', 'L', 'F'};

  private static final int CLASS = 4;
  private static final int CLASS_64 = 2;
  private static final int DATA = 5;
  private static final int LITTLE_ENDIAN = 1;
  private static final int TYPE = 16;
  private static final int EXECUTABLE = 2;
  private static final int SHARED = 3;
  private static final int MACHINE = 18;
  private static final int X86_64 = 62;
  private static final int SEGMENTS_OFFSET = 32;
  private static final int SEGMENT_LENGTH = 54;
  private static final int SEGMENT_COUNT = 56;

  /** What ELF64 says. */
  private static final int SEGMENT_BYTES = 56;

  private ElfHeader() {}

  static boolean isElf(byte[] head) {
    return head.length >= MAGIC.length
        && Arrays.equals(head, 0, MAGIC.length, MAGIC, 0, MAGIC.length);
  }

  /**
   * Why this is no kernel for an x86-64 machine; empty when it is one.
   *
   * @param head the file's first bytes, {@link #LENGTH} of them if there are so many
   * @param size of the whole file
   */
  static String problem(byte[] head, long size) {
    if (!isElf(head)) {
      return "is not an ELF file";
    }
    if (head.length < LENGTH) {
      return "ends within its ELF header";
    }
    ByteBuffer elf = ByteBuffer.wrap(head).order(ByteOrder.LITTLE_ENDIAN);
    if (elf.get(CLASS) != CLASS_64
        || elf.get(DATA) != LITTLE_ENDIAN
        || elf.getShort(MACHINE) != X86_64) {
      return "is not for a 64-bit x86 processor";
    }
    int type = elf.getShort(TYPE);
    if (type != EXECUTABLE && type != SHARED) {
      return "is an ELF file of type %d, not a program".formatted(type);
    }
    long offset = elf.getLong(SEGMENTS_OFFSET);
    long bytes = (long) SEGMENT_BYTES * Short.toUnsignedInt(elf.getShort(SEGMENT_COUNT));
    if (bytes == 0 || elf.getShort(SEGMENT_LENGTH) != SEGMENT_BYTES) {
      return "has no segments to load";
    }
    if (offset < LENGTH || offset > size - bytes) {
      return "has its segments' table outside of its %d bytes".formatted(size);
    }
    return "";
  }
}
