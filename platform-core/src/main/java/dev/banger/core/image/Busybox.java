package dev.banger.core.image;

import dev.banger.core.host.Commands;
import dev.banger.core.model.BangerException;
import dev.banger.core.model.ErrorKind;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;

/** The host's BusyBox, which goes into guests and therefore must need no library. */
final class Busybox {
  private static final String INSTALL = "sudo apt-get install busybox-static";
  private static final Duration LIMIT = Duration.ofSeconds(10);
  private static final Pattern APPLET = Pattern.compile("(usr/)?s?bin/[A-Za-z0-9_.\\[-]{1,64}");
  private static final int ELF_CLASS_64 = 2;
  private static final int PROGRAM_HEADER_BYTES = 56;
  private static final int PT_INTERP = 3;

  private final Commands commands;
  private final Path binary;

  private Busybox(Commands commands, Path binary) {
    this.commands = commands;
    this.binary = binary;
  }

  /**
   * @throws BangerException of kind UNAVAILABLE when there is none or it is linked dynamically
   */
  static Busybox find(Commands commands) {
    Path binary =
        commands
            .find("busybox")
            .orElseThrow(
                () ->
                    new BangerException(
                        ErrorKind.UNAVAILABLE,
                        "busybox is not installed; the initramfs of every image needs it",
                        INSTALL));
    return at(commands, binary);
  }

  static Busybox at(Commands commands, Path binary) {
    try {
      if (!isStatic(binary)) {
        throw new BangerException(
            ErrorKind.UNAVAILABLE,
            binary + " is linked dynamically; guests need one that is static",
            INSTALL);
      }
    } catch (IOException e) {
      throw new BangerException(
          ErrorKind.UNAVAILABLE,
          "%s is not usable: %s".formatted(binary, e.getMessage()),
          INSTALL,
          List.of(),
          e);
    }
    return new Busybox(commands, binary);
  }

  Path binary() {
    return binary;
  }

  /** Paths of its applets, without a leading slash, for example {@code usr/bin/vi}. */
  List<String> applets() throws InterruptedException {
    List<String> applets =
        commands
            .check(Commands.Call.of(LIMIT, binary.toString(), "--list-full"))
            .stdout()
            .lines()
            .filter(line -> APPLET.matcher(line).matches())
            .distinct()
            .toList();
    if (!applets.contains("sbin/init") || !applets.contains("bin/sh")) {
      throw new BangerException(
          ErrorKind.UNAVAILABLE, binary + " has no applets init and sh", INSTALL);
    }
    return applets;
  }

  /** Whether an ELF file has no program header that asks for a dynamic loader. */
  static boolean isStatic(Path file) throws IOException {
    try (FileChannel in = FileChannel.open(file, StandardOpenOption.READ)) {
      ByteBuffer header = read(in, 0, 64);
      if (header.getInt(0) != 0x464c457f || header.get(4) != ELF_CLASS_64) {
        throw new IOException("not a 64-bit ELF file");
      }
      long at = header.getLong(32);
      int size = Short.toUnsignedInt(header.getShort(54));
      int count = Short.toUnsignedInt(header.getShort(56));
      if (size < PROGRAM_HEADER_BYTES || at < 0) {
        throw new IOException("its program headers are damaged");
      }
      for (int i = 0; i < count; i++) {
        if (read(in, at + (long) i * size, 4).getInt(0) == PT_INTERP) {
          return false;
        }
      }
      return true;
    }
  }

  private static ByteBuffer read(FileChannel in, long at, int count) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(count).order(ByteOrder.LITTLE_ENDIAN);
    while (bytes.hasRemaining()) {
      if (in.read(bytes, at + bytes.position()) < 0) {
        throw new IOException("it ends in the middle of its headers");
      }
    }
    return bytes;
  }
}
