package dev.banger.core.store;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;

/** Where SQLite's native library is unpacked before it is loaded. */
public final class SqliteLibrary {
  private SqliteLibrary() {}

  /**
   * Has it unpacked under {@code dir} (made 0700) instead of {@code /tmp}, where others can write
   * and which some hosts mount {@code noexec}. Must come before the first {@link Database#open};
   * does nothing when the {@code org.sqlite.*} system properties say already where it is.
   */
  public static void unpackInto(Path dir) throws IOException {
    if (System.getProperty("org.sqlite.tmpdir") != null
        || System.getProperty("org.sqlite.lib.path") != null) {
      return;
    }
    Files.createDirectories(
        dir, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    System.setProperty("org.sqlite.tmpdir", dir.toAbsolutePath().toString());
  }
}
