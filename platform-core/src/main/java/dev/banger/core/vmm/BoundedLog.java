package dev.banger.core.vmm;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;

/**
 * A file that a guest can fill: its console, or what its VMM complains of. VMMs have no limit of
 * their own, but append, so that the file can be cut from outside while it writes.
 */
public final class BoundedLog {
  /** A console past this is cut back to the last {@link #KEPT_BYTES}. */
  public static final long MAX_BYTES = 8L << 20;

  static final int KEPT_BYTES = 1 << 20;

  private static final int TAIL_BYTES = 16 * 1024;
  private static final int TAIL_LINES = 12;
  private static final int TAIL_COLUMNS = 400;

  private BoundedLog() {}

  /**
   * Cuts the file when it has grown too large. What the VMM writes between the reading and the cut
   * is lost; what it writes during the rewriting may stand between two old lines.
   */
  public static void trim(Path file) throws IOException {
    trim(file, MAX_BYTES, KEPT_BYTES);
  }

  static void trim(Path file, long max, int kept) throws IOException {
    if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS) || Files.size(file) <= max) {
      return;
    }
    byte[] tail = read(file, Math.max(0, Files.size(file) - kept), kept);
    try (FileChannel truncated = FileChannel.open(file, StandardOpenOption.WRITE)) {
      truncated.truncate(0);
    }
    try (FileChannel appended =
        FileChannel.open(file, StandardOpenOption.WRITE, StandardOpenOption.APPEND)) {
      ByteBuffer bytes = ByteBuffer.wrap(tail);
      while (bytes.hasRemaining()) {
        appended.write(bytes);
      }
    }
  }

  public static long size(Path file) {
    try {
      return Files.size(file);
    } catch (IOException e) {
      return 0;
    }
  }

  /** The last lines from {@code offset} on, without control characters; empty without a file. */
  public static List<String> tail(Path file, long offset) {
    byte[] bytes;
    try {
      bytes = read(file, Math.max(offset, Files.size(file) - TAIL_BYTES), TAIL_BYTES);
    } catch (IOException e) {
      return List.of();
    }
    List<String> lines =
        new String(bytes, StandardCharsets.UTF_8)
            .lines()
            .map(BoundedLog::printable)
            .filter(line -> !line.isBlank())
            .toList();
    return lines.subList(Math.max(0, lines.size() - TAIL_LINES), lines.size());
  }

  private static String printable(String line) {
    StringBuilder clean = new StringBuilder();
    line.codePoints()
        .limit(TAIL_COLUMNS)
        .forEach(
            c -> {
              if (c == '\t') {
                clean.append(' ');
              } else if (!Character.isISOControl(c)) {
                clean.appendCodePoint(c);
              }
            });
    return clean.toString();
  }

  private static byte[] read(Path file, long from, int count) throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      ByteBuffer buffer = ByteBuffer.allocate(count);
      long at = from;
      while (buffer.hasRemaining()) {
        int read = channel.read(buffer, at);
        if (read < 0) {
          break;
        }
        at += read;
      }
      byte[] bytes = new byte[buffer.position()];
      buffer.flip().get(bytes);
      return bytes;
    }
  }
}
