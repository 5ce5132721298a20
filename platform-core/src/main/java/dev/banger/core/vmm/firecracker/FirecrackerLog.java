package dev.banger.core.vmm.firecracker;

import java.util.List;
import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads what a Firecracker wrote of itself. */
final class FirecrackerLog {
  /** For example {@code 2026-06-29T10:00:00.123456789 [box:main:ERROR] Something.}. */
  private static final Pattern ORIGIN =
      Pattern.compile("^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]{8,20}Z? \\[[^\\]]{0,200}\\] ?");

  private static final Pattern EXIT = Pattern.compile("exit_code=([0-9]{1,3})\\b");

  /** It logs as an error that somebody hung up, and goes on. */
  private static final String BROKEN_PIPE = "Received signal 13";

  private FirecrackerLog() {}

  /** The message of a line. */
  static String withoutOrigin(String line) {
    return ORIGIN.matcher(line).replaceFirst("");
  }

  /** The code with which it said it ends, among its last words. */
  static OptionalInt exitCode(List<String> log) {
    for (String line : log.reversed()) {
      Matcher matcher = EXIT.matcher(line);
      if (line.contains("Firecracker exiting") && matcher.find()) {
        return OptionalInt.of(Integer.parseInt(matcher.group(1)));
      }
    }
    return OptionalInt.empty();
  }

  /** Its last complaint, ready to be put after a sentence; empty when there is none. */
  static String complaint(List<String> log) {
    for (String line : log.reversed()) {
      boolean bad = line.contains(":ERROR]") || line.startsWith("Error: ");
      if (bad && !line.contains("exit_code=") && !line.contains(BROKEN_PIPE)) {
        return ": " + withoutOrigin(line);
      }
    }
    return "";
  }
}
