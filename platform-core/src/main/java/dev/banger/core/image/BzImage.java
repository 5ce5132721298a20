package dev.banger.core.image;

import dev.banger.core.model.BangerException;
import dev.banger.core.model.ErrorKind;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.HexFormat;

/**
 * Where in a distribution's kernel file the kernel proper is, by the header that the x86 boot
 * protocol puts there. The numbers are those of Documentation/arch/x86/boot.rst of Linux.
 *
 * @param offset of the packed kernel in the file, in bytes
 * @param packed its length there, without what the kernel's build appends
 * @param unpacked its length when unpacked, as the build noted it behind it
 */
record BzImage(KernelCompression compression, long offset, long packed, long unpacked) {
  /** Several times what any distribution's kernel takes. */
  static final long MAX_UNPACKED = 512L << 20;

  private static final int SECTOR = 512;
  private static final int HEADER_BYTES = 0x250;
  private static final int SETUP_SECTORS = 0x1f1;

  /** What a 0 means there. */
  private static final int OLD_SETUP_SECTORS = 4;

  private static final int SIGNATURE = 0x202;
  private static final int HDR_S = 0x53726448;
  private static final int VERSION = 0x206;

  /** The first that tells where the payload is: Linux 2.6.26. */
  private static final int OLDEST = 0x0208;

  private static final int PAYLOAD_OFFSET = 0x248;
  private static final int PAYLOAD_LENGTH = 0x24c;

  /** The length of the unpacked kernel; gzip ends with the same number by itself. */
  private static final int SIZE_BYTES = 4;

  /**
   * @throws BangerException of kind INVALID when it is none, or one that cannot be unpacked
   */
  static BzImage read(FileChannel file, Path name) throws IOException {
    ByteBuffer header = bytes(file, 0, HEADER_BYTES);
    if (header.limit() < HEADER_BYTES || header.getInt(SIGNATURE) != HDR_S) {
      throw bad(name, "it has no header of the x86 boot protocol");
    }
    int version = Short.toUnsignedInt(header.getShort(VERSION));
    if (version < OLDEST) {
      throw bad(
          name,
          "its boot protocol is version %d.%02d, and kernels say only from 2.08 on where they are"
              .formatted(version >> 8, version & 0xff));
    }
    int sectors = Byte.toUnsignedInt(header.get(SETUP_SECTORS));
    long setup = (long) SECTOR * (1 + (sectors == 0 ? OLD_SETUP_SECTORS : sectors));
    long offset = setup + Integer.toUnsignedLong(header.getInt(PAYLOAD_OFFSET));
    long length = Integer.toUnsignedLong(header.getInt(PAYLOAD_LENGTH));
    if (length <= SIZE_BYTES + KernelCompression.MAGIC_BYTES || offset > file.size() - length) {
      throw bad(
          name,
          "its payload of %d bytes at %d does not lie within its %d bytes"
              .formatted(length, offset, file.size()));
    }
    byte[] magic = bytes(file, offset, KernelCompression.MAGIC_BYTES).array();
    KernelCompression compression =
        KernelCompression.of(magic)
            .orElseThrow(
                () ->
                    bad(
                        name,
                        "its payload begins with %s, which is no compression known"
                            .formatted(HexFormat.of().formatHex(magic))));
    return switch (compression) {
      case NONE -> new BzImage(compression, offset, bounded(name, length), length);
      case GZIP, XZ, ZSTD, LZ4, BZIP2, LZMA, LZO -> {
        long noted =
            Integer.toUnsignedLong(bytes(file, offset + length - SIZE_BYTES, SIZE_BYTES).getInt(0));
        long tail = compression == KernelCompression.GZIP ? 0 : SIZE_BYTES;
        yield new BzImage(compression, offset, length - tail, bounded(name, noted));
      }
    };
  }

  static BangerException bad(Path name, String why) {
    return new BangerException(
        ErrorKind.INVALID,
        "cannot make an ELF file of the kernel %s: %s".formatted(name, why),
        "import the image again");
  }

  private static long bounded(Path name, long unpacked) {
    if (unpacked < ElfHeader.LENGTH || unpacked > MAX_UNPACKED) {
      throw bad(
          name,
          "unpacked it would have %d bytes, and %d to %d are taken"
              .formatted(unpacked, ElfHeader.LENGTH, MAX_UNPACKED));
    }
    return unpacked;
  }

  /** As many as there are, at most {@code count}. */
  private static ByteBuffer bytes(FileChannel file, long from, int count) throws IOException {
    ByteBuffer buffer = ByteBuffer.allocate(count).order(ByteOrder.LITTLE_ENDIAN);
    while (buffer.hasRemaining() && file.read(buffer, from + buffer.position()) >= 0) {
      // until it is full or the file ends
    }
    return buffer.flip();
  }
}
