package dev.banger.core.doctor;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;

/** Sockets can be made in the run directory, and their paths are short enough for the kernel. */
record RunDirectoryCheck(Path dir) implements DoctorCheck {
  /** A VM's sockets: its id of 12 digits, a slash on either side, and the longest name. */
  private static final String LONGEST = "/0123456789ab/a.sock";

  /** {@code sun_path} has 108 bytes with its NUL; what is left is for temporary names. */
  private static final int MAX_BYTES = 100;

  @Override
  public String id() {
    return "run-directory";
  }

  @Override
  public Set<Need> neededFor() {
    return Set.of(Need.CREATE);
  }

  @Override
  public Result run() {
    int bytes = (dir.toAbsolutePath() + LONGEST).getBytes(StandardCharsets.UTF_8).length;
    if (bytes > MAX_BYTES) {
      return Result.fail(
          "%s makes socket paths of %d bytes, and %d is the most".formatted(dir, bytes, MAX_BYTES),
          "set XDG_RUNTIME_DIR or BANGER_HOME to a directory with a shorter name");
    }
    Path existing = CoreChecks.nearestExisting(dir);
    if (!Files.isDirectory(existing) || !Files.isWritable(existing)) {
      return Result.fail(
          "%s cannot be written (%s)".formatted(dir, existing), "check: ls -lad " + existing);
    }
    return Result.ok(dir + " is writable");
  }
}
