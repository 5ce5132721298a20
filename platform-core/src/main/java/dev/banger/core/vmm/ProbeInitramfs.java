package dev.banger.core.vmm;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/**
 * The smallest root file system that proves a Linux guest works: a console device and an init of a
 * few instructions, which prints {@link #MARKER} and restarts the machine. So the proof covers the
 * kernel's whole boot, user mode and system calls, and needs nothing of the image but its kernel.
 */
public final class ProbeInitramfs {
  public static final String MARKER = "banger: a guest booted here";

  private static final int LOAD_ADDRESS = 0x400000;
  private static final int ELF_HEADER = 64;
  private static final int PROGRAM_HEADER = 56;

  // From <linux/stat.h>.
  private static final int S_IFCHR = 0020000;
  private static final int S_IFDIR = 0040000;
  private static final int S_IFREG = 0100000;

  private ProbeInitramfs() {}

  /** An uncompressed cpio archive in the "newc" format of the kernel's initramfs documentation. */
  public static byte[] bytes() {
    ByteArrayOutputStream archive = new ByteArrayOutputStream();
    entry(archive, 1, "dev", S_IFDIR | 0755, 0, 0, new byte[0]);
    entry(archive, 2, "dev/console", S_IFCHR | 0600, 5, 1, new byte[0]);
    entry(archive, 3, "init", S_IFREG | 0755, 0, 0, init());
    entry(archive, 0, "TRAILER!!!", 0, 0, 0, new byte[0]);
    return archive.toByteArray();
  }

  private static void entry(
      ByteArrayOutputStream out,
      int inode,
      String name,
      int mode,
      int deviceMajor,
      int deviceMinor,
      byte[] content) {
    byte[] nameBytes = (name + "\0").getBytes(StandardCharsets.US_ASCII);
    String header =
        "070701%08X%08X%08X%08X%08X%08X%08X%08X%08X%08X%08X%08X%08X"
            .formatted(
                inode,
                mode,
                0,
                0,
                1,
                0,
                content.length,
                0,
                0,
                deviceMajor,
                deviceMinor,
                nameBytes.length,
                0);
    out.writeBytes(header.getBytes(StandardCharsets.US_ASCII));
    out.writeBytes(nameBytes);
    pad(out);
    out.writeBytes(content);
    pad(out);
  }

  private static void pad(ByteArrayOutputStream out) {
    while (out.size() % 4 != 0) {
      out.write(0);
    }
  }

  /** A static ELF64 executable with one segment. */
  private static byte[] init() {
    byte[] message = ("\n" + MARKER + "\n").getBytes(StandardCharsets.US_ASCII);
    byte[] code = code(message.length);
    int size = ELF_HEADER + PROGRAM_HEADER + code.length + message.length;
    ByteBuffer elf = ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
    elf.put(new byte[] {0x7f, 'E', 'L', 'F', 2, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0});
    elf.putShort((short) 2).putShort((short) 62).putInt(1); // ET_EXEC, EM_X86_64, EV_CURRENT
    elf.putLong(LOAD_ADDRESS + ELF_HEADER + PROGRAM_HEADER); // entry point
    elf.putLong(ELF_HEADER).putLong(0).putInt(0); // program headers, no sections, no flags
    elf.putShort((short) ELF_HEADER).putShort((short) PROGRAM_HEADER).putShort((short) 1);
    elf.putShort((short) 0).putShort((short) 0).putShort((short) 0);
    elf.putInt(1).putInt(5); // PT_LOAD, readable and executable
    elf.putLong(0).putLong(LOAD_ADDRESS).putLong(LOAD_ADDRESS);
    elf.putLong(size).putLong(size).putLong(0x1000);
    elf.put(code).put(message);
    return elf.array();
  }

  private static byte[] code(int messageLength) {
    ByteBuffer code = ByteBuffer.allocate(64).order(ByteOrder.LITTLE_ENDIAN);
    code.put((byte) 0xb8).putInt(1); // mov eax, 1 (write)
    code.put((byte) 0xbf).putInt(1); // mov edi, 1 (standard output)
    code.put(new byte[] {0x48, (byte) 0x8d, 0x35}); // lea rsi, [rip + message]
    int displacementAt = code.position();
    code.putInt(0);
    code.put((byte) 0xba).putInt(messageLength); // mov edx, length
    code.put(new byte[] {0x0f, 0x05}); // syscall
    code.put((byte) 0xb8).putInt(169); // mov eax, 169 (reboot)
    code.put((byte) 0xbf).putInt(0xfee1dead); // mov edi, LINUX_REBOOT_MAGIC1
    code.put((byte) 0xbe).putInt(0x28121969); // mov esi, LINUX_REBOOT_MAGIC2
    code.put((byte) 0xba).putInt(0x01234567); // mov edx, LINUX_REBOOT_CMD_RESTART
    code.put(new byte[] {0x0f, 0x05}); // syscall
    code.put(new byte[] {(byte) 0xeb, (byte) 0xfe}); // jmp to itself
    int length = code.position();
    // The message follows the code; the displacement counts from the end of the lea.
    code.putInt(displacementAt, length - (displacementAt + 4));
    byte[] bytes = new byte[length];
    code.flip().get(bytes);
    return bytes;
  }
}
