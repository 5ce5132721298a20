package dev.banger.agent;

import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;

/**
 * How many sockets there are, as the kernel counts them: two short files for each network
 * namespace, where the tables of an idle guest are long.
 */
final class SocketCounts {
  /** A few lines. */
  private static final int LONGEST = 4096;

  private static final List<String> FILES = List.of("sockstat", "sockstat6");

  private SocketCounts() {}

  /**
   * The counts as text; null when this kernel has none. Where they are the same as before, nothing
   * has changed, or as much has come as has gone.
   */
  static String of(Path net, List<Path> others) {
    StringBuilder text = new StringBuilder();
    add(text, net);
    if (text.isEmpty()) {
      return null;
    }
    for (Path other : others) {
      add(text.append('\n'), other);
    }
    return text.toString();
  }

  private static void add(StringBuilder text, Path net) {
    for (String name : FILES) {
      try (InputStream in = new FileInputStream(net.resolve(name).toFile())) {
        text.append(new String(in.readNBytes(LONGEST), StandardCharsets.ISO_8859_1));
      } catch (IOException e) {
        // Without IPv6 there is one; a namespace that has ended has none.
      }
    }
  }
}
