package dev.banger.core.vmm.firecracker;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/**
 * A kernel of a few bytes, as Firecracker boots one: it writes a line to the serial port, and
 * waits.
 */
final class TinyElf {
  private static final int HEADER = 64;
  private static final int PROGRAM_HEADER = 56;

  /** Above the first MiB, where Firecracker puts its own tables. */
  private static final long ADDRESS = 16L << 20;

  private TinyElf() {}

  static byte[] saying(String line) {
    byte[] code = code(line + "\n");
    ByteBuffer elf =
        ByteBuffer.allocate(HEADER + PROGRAM_HEADER + code.length).order(ByteOrder.LITTLE_ENDIAN);
    elf.put(new byte[] {0x7f, 'E', 'L', 'F', 2, 1, 1, 0}).putLong(0);
    elf.putShort((short) 2).putShort((short) 62).putInt(1); // an executable, x86-64
    elf.putLong(ADDRESS).putLong(HEADER).putLong(0).putInt(0);
    elf.putShort((short) HEADER).putShort((short) PROGRAM_HEADER).putShort((short) 1);
    elf.putShort((short) 64).putShort((short) 0).putShort((short) 0);
    elf.putInt(1).putInt(5).putLong(HEADER + PROGRAM_HEADER); // loaded, read and executed
    elf.putLong(ADDRESS).putLong(ADDRESS).putLong(code.length).putLong(code.length).putLong(4096);
    return elf.put(code).array();
  }

  private static byte[] code(String text) {
    ByteArrayOutputStream code = new ByteArrayOutputStream();
    code.writeBytes(new byte[] {0x66, (byte) 0xba, (byte) 0xf8, 0x03}); // mov dx, 0x3f8
    for (byte next : text.getBytes(StandardCharsets.US_ASCII)) {
      code.writeBytes(new byte[] {(byte) 0xb0, next, (byte) 0xee}); // mov al, next; out dx, al
    }
    code.writeBytes(new byte[] {(byte) 0xf4, (byte) 0xeb, (byte) 0xfd}); // hlt; jmp to it
    return code.toByteArray();
  }
}
