package dev.banger.plugin.workspace;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.net.URI;
import java.nio.file.Path;
import java.util.HexFormat;

/**
 * Files by the bytes of their names, whatever the locale: a path made from text cannot name what is
 * not text, one made from a URI can.
 */
final class BytePath {
  private static final HexFormat HEX = HexFormat.of().withUpperCase();

  private BytePath() {}

  /**
   * @param name relative, one char of ISO 8859-1 for each byte; never with a NUL
   */
  static Path of(Path directory, String name) {
    return at(directory.toUri().getRawPath(), name);
  }

  /**
   * One that begins nowhere, as in a link.
   *
   * @param name not empty, nor only slashes
   */
  static Path relative(String name) {
    Path path = at("/", name);
    return path.subpath(0, path.getNameCount());
  }

  private static Path at(String base, String name) {
    StringBuilder uri = new StringBuilder("file://").append(base);
    if (!base.endsWith("/")) {
      uri.append('/');
    }
    for (byte b : name.getBytes(ISO_8859_1)) {
      if (b == '/' || (b >= '0' && b <= '9') || (b >= 'a' && b <= 'z') || (b >= 'A' && b <= 'Z')) {
        uri.append((char) b);
      } else {
        uri.append('%').append(HEX.toHexDigits(b));
      }
    }
    return Path.of(URI.create(uri.toString()));
  }
}
