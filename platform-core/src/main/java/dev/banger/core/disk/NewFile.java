package dev.banger.core.disk;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/** A file that is made whole or not at all. */
final class NewFile {
  /** Disks hold what a guest wrote, and early files hold keys. */
  static final FileAttribute<Set<PosixFilePermission>> OWNER_ONLY =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));

  private NewFile() {}

  /**
   * Makes a file that must not be there yet, and removes it when filling it fails.
   *
   * @param what for the error, for example {@code work disk}
   */
  static void make(String what, Path file, Filler filler) {
    try {
      Files.createFile(file, OWNER_ONLY);
      boolean filled = false;
      try {
        filler.fill(file);
        filled = true;
      } finally {
        if (!filled) {
          Files.deleteIfExists(file);
        }
      }
    } catch (IOException e) {
      throw DiskFailures.io(what, file, e);
    }
  }

  interface Filler {
    void fill(Path file) throws IOException;
  }
}
