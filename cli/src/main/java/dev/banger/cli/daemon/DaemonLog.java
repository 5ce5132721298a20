package dev.banger.cli.daemon;

import dev.banger.cli.term.Text;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;

/** The file the daemon prints to. */
public final class DaemonLog {
  private static final long ROTATE_AT = 4L * 1024 * 1024;
  private static final int MOST_READ = 1024 * 1024;

  private final Path file;

  public DaemonLog(Path file) {
    this.file = file;
  }

  public Path file() {
    return file;
  }

  /** Its size in bytes; 0 when it is not there. */
  public long size() {
    try {
      return Files.size(file);
    } catch (IOException e) {
      return 0;
    }
  }

  /** Moves a log of more than 4 MiB aside, to {@code daemon.log.1}, before the daemon starts. */
  void rotate() throws IOException {
    if (size() > ROTATE_AT) {
      Files.move(
          file,
          file.resolveSibling(file.getFileName() + ".1"),
          StandardCopyOption.REPLACE_EXISTING);
    }
  }

  /** The last {@code most} lines written after byte {@code offset}, made safe. */
  public List<String> tail(long offset, int most) throws IOException {
    long size = size();
    if (size == 0) {
      return List.of();
    }
    long from = Math.max(size < offset ? 0 : offset, size - MOST_READ);
    byte[] bytes = new byte[(int) (size - from)];
    try (RandomAccessFile in = new RandomAccessFile(file.toFile(), "r")) {
      in.seek(from);
      in.readFully(bytes);
    }
    List<String> lines = new ArrayList<>();
    for (String line : new String(bytes, StandardCharsets.UTF_8).split("\n", -1)) {
      lines.add(Text.safe(line));
    }
    if (lines.getLast().isEmpty()) {
      lines.removeLast();
    }
    return lines.subList(Math.max(0, lines.size() - most), lines.size());
  }

  /**
   * The whole lines written after byte {@code offset}, made safe.
   *
   * @return where to go on; a line still being written waits for its end
   */
  public long follow(long offset, List<String> lines) throws IOException {
    long size = size();
    long from = size < offset ? 0 : offset;
    byte[] bytes = new byte[(int) Math.min(size - from, MOST_READ)];
    if (bytes.length == 0) {
      return from;
    }
    try (RandomAccessFile in = new RandomAccessFile(file.toFile(), "r")) {
      in.seek(from);
      in.readFully(bytes);
    }
    int end = bytes.length;
    while (end > 0 && bytes[end - 1] != '\n') {
      end--;
    }
    if (end == 0) {
      // A line longer than what is read at once is shown in pieces.
      if (bytes.length < MOST_READ) {
        return from;
      }
      end = bytes.length;
    }
    int length = bytes[end - 1] == '\n' ? end - 1 : end;
    for (String line : new String(bytes, 0, length, StandardCharsets.UTF_8).split("\n", -1)) {
      lines.add(Text.safe(line));
    }
    return from + end;
  }
}
