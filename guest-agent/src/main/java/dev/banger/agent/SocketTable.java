package dev.banger.agent;

import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.function.Predicate;

/**
 * Collects the listeners of tables like {@code /proc/net/tcp}. Takes as much memory for a million
 * lines as for a few: of too many listeners, those first in order are kept.
 */
final class SocketTable {
  /** Most that are kept. */
  static final int MOST = 4096;

  private static final int LONGEST_LINE = 512;

  /** What no honest kernel lists; a million sockets are a quarter of it. */
  private static final int MOST_LINES = 1 << 22;

  /** More than the kernel gives at once, and no more than is read without memory of its own. */
  private static final int CHUNK = 8 * 1024;

  private static final int STATE = 3;
  private static final int INODE = 9;
  private static final String LISTENING = "0A";
  private static final String UNCONNECTED = "07";

  private final TreeSet<Bound> kept = new TreeSet<>();
  private final Predicate<Bound> wanted;

  SocketTable() {
    this(null);
  }

  /**
   * @param wanted which to keep; null for all
   */
  SocketTable(Predicate<Bound> wanted) {
    this.wanted = wanted;
  }

  /** What is kept, in order. */
  List<Bound> listeners() {
    return new ArrayList<>(kept);
  }

  /**
   * Adds the four tables of a network namespace; one that is not there, as without IPv6, is empty.
   *
   * @param net {@code /proc/net}, or that of a process
   */
  void addAll(Path net, boolean elsewhere) {
    add(net.resolve("tcp"), false, elsewhere);
    add(net.resolve("tcp6"), false, elsewhere);
    add(net.resolve("udp"), true, elsewhere);
    add(net.resolve("udp6"), true, elsewhere);
  }

  private void add(Path file, boolean udp, boolean elsewhere) {
    try (InputStream in = new FileInputStream(file.toFile())) {
      add(in, udp, elsewhere);
    } catch (IOException e) {
      // Not there, or its process has ended.
    }
  }

  void add(InputStream in, boolean udp, boolean elsewhere) throws IOException {
    byte[] chunk = new byte[CHUNK];
    byte[] line = new byte[LONGEST_LINE];
    int length = 0;
    int lines = 0;
    int count = in.read(chunk);
    while (count >= 0 && lines < MOST_LINES) {
      for (int i = 0; i < count; i++) {
        if (chunk[i] == '\n') {
          line(line, length, udp, elsewhere);
          length = 0;
          lines++;
        } else if (length < LONGEST_LINE) {
          line[length] = chunk[i];
          length++;
        }
      }
      count = in.read(chunk);
    }
  }

  private void line(byte[] line, int length, boolean udp, boolean elsewhere) {
    // First, because most lines of a busy guest are connections.
    if (!(udp ? UNCONNECTED : LISTENING).equals(field(line, length, STATE, 2))) {
      return;
    }
    String local = field(line, length, 1, 37);
    String remote = field(line, length, 2, 37);
    String inode = field(line, length, INODE, 20);
    if (local == null || remote == null || inode == null || (udp && !isNobody(remote))) {
      return;
    }
    int colon = local.indexOf(':');
    String address = colon < 0 ? null : HexAddress.text(local.substring(0, colon));
    if (address == null) {
      return;
    }
    try {
      int port = Integer.parseInt(local, colon + 1, local.length(), 16);
      long number = Long.parseLong(inode);
      if (port < 1 || port > 65_535 || number < 0) {
        return;
      }
      Bound bound = new Bound(udp, port, address, number, elsewhere);
      if (wanted != null && !wanted.test(bound)) {
        return;
      }
      kept.add(bound);
      if (kept.size() > MOST) {
        kept.pollLast();
      }
    } catch (NumberFormatException e) {
      // No line of a kernel's.
    }
  }

  private static boolean isNobody(String remote) {
    for (int i = 0; i < remote.length(); i++) {
      if (remote.charAt(i) != '0' && remote.charAt(i) != ':') {
        return false;
      }
    }
    return true;
  }

  /** The field of that number, counted from 0; null when there is none, or a longer one. */
  private static String field(byte[] line, int length, int number, int limit) {
    int at = 0;
    for (int i = 0; ; i++) {
      while (at < length && line[at] == ' ') {
        at++;
      }
      int start = at;
      while (at < length && line[at] != ' ') {
        at++;
      }
      if (start == at) {
        return null;
      }
      if (i == number) {
        return at - start > limit
            ? null
            : new String(line, start, at - start, StandardCharsets.ISO_8859_1);
      }
    }
  }
}
