package dev.banger.plugin.exec;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Whether nobody but the daemon's user and root can change what is about to be run as the daemon's
 * user; the rule sshd has for its files.
 */
final class Trust {
  private static final int WRITABLE_BY_OTHERS = 0022;
  private static final int STICKY = 01000;

  private Trust() {}

  /**
   * Looks at {@code path} and at every directory above it.
   *
   * @param path absolute, all links resolved
   * @return a sentence that says what is wrong and how to mend it; empty when nothing is
   */
  static Optional<String> problem(Path path) throws IOException {
    int uid = (Integer) Files.getAttribute(path, "unix:uid");
    if (uid != 0 && uid != self()) {
      return Optional.of(
          "%s belongs to user %d, neither to you nor to root; mend it: chown %d %s"
              .formatted(path, uid, self(), path));
    }
    if ((mode(path) & WRITABLE_BY_OTHERS) != 0) {
      return Optional.of(writable(path));
    }
    for (Path dir = path.getParent(); dir != null; dir = dir.getParent()) {
      int mode = mode(dir);
      // In a sticky directory, such as /tmp, only the owner of an entry can replace it.
      if ((mode & WRITABLE_BY_OTHERS) != 0 && (mode & STICKY) == 0) {
        return Optional.of(writable(dir));
      }
    }
    return Optional.empty();
  }

  private static String writable(Path path) throws IOException {
    return "%s can be written by others (mode %o); mend it: chmod go-w %s"
        .formatted(path, mode(path) & 07777, path);
  }

  private static int mode(Path path) throws IOException {
    return (Integer) Files.getAttribute(path, "unix:mode");
  }

  private static int self() throws IOException {
    return (Integer) Files.getAttribute(Path.of("/proc/self"), "unix:uid");
  }
}
