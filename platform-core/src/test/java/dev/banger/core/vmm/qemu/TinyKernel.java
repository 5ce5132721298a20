package dev.banger.core.vmm.qemu;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A kernel of a few bytes that QEMU boots like a real one, by the PVH protocol: it prints a line on
 * the serial port and then does one thing. It makes tests with a real QEMU cheap.
 */
final class TinyKernel {
  enum Then {
    HALT,
    POWER_OFF,
    REBOOT
  }

  private static final int BASE = 0x100000;
  private static final int HEADERS = 64 + 2 * 56;
  private static final int NOTE = 24;

  /** Type 18, "Xen": the 32-bit entry point of a PVH guest. */
  private static final int XEN_ELFNOTE_PHYS32_ENTRY = 18;

  private TinyKernel() {}

  static Path write(Path file, String line, Then then) throws IOException {
    return Files.write(file, bytes(line + "\n", then));
  }

  private static byte[] bytes(String text, Then then) {
    byte[] message = (text + "\0").getBytes(StandardCharsets.US_ASCII);
    int entry = BASE + HEADERS + NOTE;
    byte[] code = code(entry, then);
    int size = HEADERS + NOTE + code.length + message.length;
    ByteBuffer elf = ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
    elf.put(new byte[] {0x7f, 'E', 'L', 'F', 2, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0});
    elf.putShort((short) 2).putShort((short) 62).putInt(1).putLong(entry);
    elf.putLong(64).putLong(0).putInt(0);
    elf.putShort((short) 64).putShort((short) 56).putShort((short) 2);
    elf.putShort((short) 0).putShort((short) 0).putShort((short) 0);
    elf.putInt(1).putInt(5); // PT_LOAD
    elf.putLong(0).putLong(BASE).putLong(BASE).putLong(size).putLong(size).putLong(0x1000);
    elf.putInt(4).putInt(4); // PT_NOTE
    elf.putLong(HEADERS).putLong(BASE + HEADERS).putLong(BASE + HEADERS);
    elf.putLong(NOTE).putLong(NOTE).putLong(4);
    elf.putInt(4).putInt(8).putInt(XEN_ELFNOTE_PHYS32_ENTRY);
    elf.put(new byte[] {'X', 'e', 'n', 0}).putLong(entry);
    elf.put(code).put(message);
    return elf.array();
  }

  /** 32-bit protected mode, flat segments, no interrupts, no stack. */
  private static byte[] code(int entry, Then then) {
    byte[] end =
        switch (then) {
          case HALT -> new byte[] {};
          // mov byte [0xfea00200], 0x34: the sleep control register of the ACPI device, S5.
          case POWER_OFF -> new byte[] {(byte) 0xc6, 5, 0, 2, (byte) 0xa0, (byte) 0xfe, 0x34};
          // An interrupt with an empty interrupt table: lidt [zeroes], int3.
          case REBOOT -> new byte[] {0x0f, 0x01, 0x1d, 0, 0, 0x20, 0, (byte) 0xcc};
        };
    int messageAt = 10 + 8 + end.length + 4;
    ByteBuffer code = ByteBuffer.allocate(messageAt).order(ByteOrder.LITTLE_ENDIAN);
    code.put((byte) 0xba).putInt(0x3f8); // mov edx, serial port
    code.put((byte) 0xbe).putInt(entry + messageAt); // mov esi, message
    code.put((byte) 0xac); // next: lodsb
    code.put(new byte[] {(byte) 0x84, (byte) 0xc0}); // test al, al
    code.put(new byte[] {0x74, 0x03}); // jz end
    code.put((byte) 0xee); // out dx, al
    code.put(new byte[] {(byte) 0xeb, (byte) 0xf8}); // jmp next
    code.put(end);
    code.put(new byte[] {(byte) 0xfa, (byte) 0xf4, (byte) 0xeb, (byte) 0xfd}); // cli; hlt; jmp hlt
    return code.array();
  }
}
