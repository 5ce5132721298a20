package dev.banger.plugin.filesync;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.nio.file.Path;

/**
 * Names. Those of files are bytes: here they are strings with one char for each byte, which tar and
 * the guest get as they are.
 */
final class Text {
  private static final int LONGEST = 200;

  private Text() {}

  static String bytes(String text) {
    return new String(text.getBytes(UTF_8), ISO_8859_1);
  }

  /** The last name of a path, as it is on disk, whatever the locale. */
  static String lastName(Path path) {
    String name = path.getFileName().toString();
    if (name.chars().allMatch(c -> c > ' ' && c < 0x7f)) {
      return name;
    }
    // The only way to the bytes: what is no proper text is lost in toString.
    String raw = path.toUri().getRawPath();
    String last = raw.endsWith("/") ? raw.substring(0, raw.length() - 1) : raw;
    return unescaped(last.substring(last.lastIndexOf('/') + 1));
  }

  /** Where a link leads, as bytes. */
  static String target(Path link) {
    String text = link.toString();
    if (text.chars().allMatch(c -> c > ' ' && c < 0x7f)) {
      return text;
    }
    StringBuilder target = new StringBuilder();
    for (Path name : link) {
      target.append(target.isEmpty() ? "" : "/").append(lastName(Path.of("/").resolve(name)));
    }
    return (link.isAbsolute() ? "/" : "") + target;
  }

  private static String unescaped(String escaped) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    for (int i = 0; i < escaped.length(); i++) {
      if (escaped.charAt(i) == '%') {
        bytes.write(Integer.parseInt(escaped.substring(i + 1, i + 3), 16));
        i += 2;
      } else {
        bytes.write(escaped.charAt(i));
      }
    }
    return bytes.toString(ISO_8859_1);
  }

  /** For people: on one line, of bounded length. */
  static String shown(String text) {
    StringBuilder shown = new StringBuilder();
    text.codePoints()
        .limit(LONGEST)
        .forEach(
            c -> {
              boolean isPlain =
                  !Character.isISOControl(c)
                      && Character.getType(c) != Character.FORMAT
                      && Character.getType(c) != Character.LINE_SEPARATOR
                      && Character.getType(c) != Character.PARAGRAPH_SEPARATOR
                      && c != 0xfffd;
              shown.append(isPlain ? Character.toString(c) : "\\u%04x".formatted(c));
            });
    return text.codePointCount(0, text.length()) > LONGEST ? shown + "..." : shown.toString();
  }

  /** A path of a guest below {@code /root}, for people. */
  static String guest(String below) {
    return shown("~/" + new String(below.getBytes(ISO_8859_1), UTF_8));
  }

  static String shown(Path path) {
    return shown(path.toString());
  }
}
