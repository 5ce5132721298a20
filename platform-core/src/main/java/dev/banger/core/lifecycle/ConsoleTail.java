package dev.banger.core.lifecycle;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;

/** The end of a guest's console, for error messages: bounded, one string a line, made printable. */
public final class ConsoleTail {
  private static final int READ_BYTES = 16 * 1024;
  private static final int MAX_LINE = 200;

  private ConsoleTail() {}

  /** At most {@code lines} last non-empty lines; none when the file cannot be read. */
  public static List<String> of(Path console, int lines) {
    byte[] bytes;
    try (RandomAccessFile file = new RandomAccessFile(console.toFile(), "r")) {
      long from = Math.max(0, file.length() - READ_BYTES);
      file.seek(from);
      bytes = new byte[(int) Math.min(READ_BYTES, file.length() - from)];
      file.readFully(bytes);
    } catch (IOException e) {
      return List.of();
    }
    List<String> all =
        new String(bytes, StandardCharsets.UTF_8)
            .lines()
            .map(ConsoleTail::printable)
            .filter(line -> !line.isBlank())
            .toList();
    return all.subList(Math.max(0, all.size() - lines), all.size());
  }

  private static String printable(String line) {
    StringBuilder clean = new StringBuilder();
    line.replaceAll("\u001b\\[[0-9;?]*[A-Za-z]", "")
        .codePoints()
        .limit(MAX_LINE)
        .forEach(c -> clean.appendCodePoint(Character.isISOControl(c) ? '.' : c));
    return clean.toString().stripTrailing();
  }
}
