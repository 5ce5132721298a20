package dev.banger.tar;

import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/** Permission bits, as numbers and as the JDK has them. */
final class Modes {
  private static final String ALL = "rwxrwxrwx";

  private Modes() {}

  static int of(Set<PosixFilePermission> permissions) {
    String letters = PosixFilePermissions.toString(permissions);
    int mode = 0;
    for (int i = 0; i < ALL.length(); i++) {
      mode |= letters.charAt(i) == '-' ? 0 : 0400 >> i;
    }
    return mode;
  }

  /** The nine lowest bits; setuid, setgid and the sticky bit are dropped. */
  static Set<PosixFilePermission> permissions(int mode) {
    StringBuilder letters = new StringBuilder(ALL);
    for (int i = 0; i < ALL.length(); i++) {
      if ((mode & (0400 >> i)) == 0) {
        letters.setCharAt(i, '-');
      }
    }
    return PosixFilePermissions.fromString(letters.toString());
  }
}
