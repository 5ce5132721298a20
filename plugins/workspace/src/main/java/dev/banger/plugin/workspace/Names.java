package dev.banger.plugin.workspace;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.HexFormat;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Names of files as a guest tells them: bytes, one char of ISO 8859-1 each, with {@code /} between
 * the parts.
 */
final class Names {
  /** PATH_MAX and NAME_MAX of Linux. */
  private static final int LONGEST = 4096;

  private static final int LONGEST_PART = 255;
  private static final int DEEPEST = 128;

  /** What HFS+ overlooks in a name, in UTF-8: zero-width letters and the like. */
  private static final Pattern OVERLOOKED =
      Pattern.compile(
          "\u00e2\u0080[\u008c-\u008f\u00aa-\u00ae]|\u00e2\u0081[\u00aa-\u00af]|\u00ef\u00bb\u00bf");

  private Names() {}

  /** Why nothing of that name is taken; empty when it is fine. */
  static Optional<String> problem(String name) {
    if (name.isEmpty()) {
      return Optional.of("has no name");
    }
    if (name.startsWith("/")) {
      return Optional.of("is an absolute path");
    }
    if (name.length() > LONGEST) {
      return Optional.of("has a name of " + name.length() + " bytes");
    }
    int depth = 0;
    for (int from = 0; from <= name.length(); depth++) {
      int slash = name.indexOf('/', from);
      int end = slash < 0 ? name.length() : slash;
      String part = name.substring(from, end);
      Optional<String> problem = depth >= DEEPEST ? Optional.of("lies too deep") : ofPart(part);
      if (problem.isPresent()) {
        return problem;
      }
      from = end + 1;
    }
    return Optional.empty();
  }

  private static Optional<String> ofPart(String part) {
    if (part.equals("..")) {
      return Optional.of("leads upwards");
    }
    if (part.isEmpty() || part.equals(".") || part.indexOf('\0') >= 0) {
      return Optional.of("has a malformed name");
    }
    if (part.length() > LONGEST_PART) {
      return Optional.of("has a part of " + part.length() + " bytes in its name");
    }
    return isGit(part)
        ? Optional.of("is inside of what some file systems take for .git")
        : Optional.empty();
  }

  /** As the file systems of other systems see it, too: a repository is cloned by many. */
  private static boolean isGit(String part) {
    String plain = OVERLOOKED.matcher(part).replaceAll("").toLowerCase(Locale.ROOT);
    int stream = plain.indexOf(':');
    plain = stream < 0 ? plain : plain.substring(0, stream);
    plain = plain.replaceAll("[ .]+$", "");
    return plain.equals(".git") || plain.equals("git~1");
  }

  /** As text, for tools that take nothing else; what is not UTF-8 is lost. */
  static String text(String name) {
    return new String(name.getBytes(ISO_8859_1), UTF_8);
  }

  /** For people: what could move a cursor or turn the direction of writing is escaped. */
  static String shown(String name) {
    byte[] bytes = name.getBytes(ISO_8859_1);
    String text = new String(bytes, UTF_8);
    if (!text.equals(clean(text)) || !new String(text.getBytes(UTF_8), ISO_8859_1).equals(name)) {
      text = clean(text.indexOf('\ufffd') < 0 ? text : hex(bytes));
    }
    return text.length() <= 300 ? text : text.substring(0, 300) + "...";
  }

  /** Text of a guest's on one line. */
  static String clean(String text) {
    StringBuilder clean = new StringBuilder();
    text.codePoints()
        .forEach(
            point -> {
              if (isHarmless(point)) {
                clean.appendCodePoint(point);
              } else if (point == '\n') {
                clean.append("\\n");
              } else {
                clean.append(
                    point < 0x100 ? "\\x%02x".formatted(point) : "\\u{%x}".formatted(point));
              }
            });
    return clean.toString();
  }

  static boolean isHarmless(String name) {
    return text(name).codePoints().allMatch(Names::isHarmless);
  }

  private static boolean isHarmless(int point) {
    return switch (Character.getType(point)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR,
          Character.SURROGATE,
          Character.UNASSIGNED,
          Character.PRIVATE_USE ->
          false;
      default -> true;
    };
  }

  private static String hex(byte[] bytes) {
    StringBuilder text = new StringBuilder();
    for (byte each : bytes) {
      if (each >= ' ' && each < 0x7f) {
        text.append((char) each);
      } else {
        text.append("\\x").append(HexFormat.of().toHexDigits(each));
      }
    }
    return text.toString();
  }

  /**
   * Whether a symbolic link leaves the tree, whatever else is in it: {@code ..} counts only in
   * front, for after a name it may lead anywhere through another link.
   *
   * @param name of the link itself
   */
  static boolean leadsOutside(String name, String target) {
    if (target.isEmpty() || target.startsWith("/")) {
      return true;
    }
    long room = name.chars().filter(c -> c == '/').count();
    boolean isFront = true;
    for (String part : target.split("/")) {
      if (part.equals("..")) {
        room--;
        if (!isFront || room < 0) {
          return true;
        }
      } else if (!part.isEmpty() && !part.equals(".")) {
        isFront = false;
        if (isGit(part)) {
          return true;
        }
      }
    }
    return false;
  }
}
