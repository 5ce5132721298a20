package dev.banger.plugin.filesync;

import java.nio.file.Path;
import java.util.List;

/** Something that a guest is to have. Names are as {@link Text} has them. */
sealed interface Node {
  /** Its path below {@code /root}. */
  String guest();

  /** The entry it comes from. */
  Source source();

  /**
   * @param isOurs whether its permissions are those of the host; otherwise it is only on the way to
   *     something, made when missing and else left as it is
   */
  record Directory(String guest, Source source, int mode, boolean isOurs) implements Node {}

  /**
   * @param root the directory that is walked, or the file itself
   * @param way names from there on; empty for the file itself
   * @param size in bytes
   * @param seconds since 1970, of its last change
   */
  record Plain(
      String guest, Source source, Path root, List<Path> way, int mode, long size, long seconds)
      implements Node {
    Path path() {
      Path path = root;
      for (Path name : way) {
        path = path.resolve(name);
      }
      return path;
    }
  }

  record Link(String guest, Source source, String target, long seconds) implements Node {}
}
