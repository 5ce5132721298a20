package dev.banger.core.net;

import java.io.FileInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;

/** The name servers of the host that guests can use, too. */
final class Resolvers {
  /** As many as the C library asks. */
  private static final int MOST = 3;

  private static final int MAX_BYTES = 64 * 1024;

  private final List<Path> files;

  /** The second one is where systemd keeps what is behind its own resolver on the loopback. */
  Resolvers() {
    this(List.of(Path.of("/etc/resolv.conf"), Path.of("/run/systemd/resolve/resolv.conf")));
  }

  /**
   * @param files the first that has any counts
   */
  Resolvers(List<Path> files) {
    this.files = List.copyOf(files);
  }

  /** IPv4 addresses; none on the loopback, which in a guest is the guest's own. */
  List<String> usable() {
    return files.stream()
        .map(Resolvers::in)
        .filter(found -> !found.isEmpty())
        .findFirst()
        .orElse(List.of());
  }

  private static List<String> in(Path file) {
    String text;
    try (var in = new FileInputStream(file.toFile())) {
      text = new String(in.readNBytes(MAX_BYTES), StandardCharsets.ISO_8859_1);
    } catch (IOException e) {
      return List.of();
    }
    return text.lines()
        .map(line -> line.strip().split("\\s+"))
        .filter(words -> words.length >= 2 && words[0].equals("nameserver"))
        .map(words -> words[1])
        .filter(address -> !address.contains("/") && Subnet.parse(address).isPresent())
        .filter(address -> !address.startsWith("127.") && !address.equals("0.0.0.0"))
        .distinct()
        .limit(MOST)
        .toList();
  }
}
