package dev.banger.plugin.workspace;

import dev.banger.tar.TarWriter;
import java.io.IOException;
import java.nio.channels.Channels;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Files that go as they are in the working tree. */
final class WorkingFiles {
  private final Path root;
  private final Map<String, Map<String, Object>> seen = new HashMap<>();

  WorkingFiles(Path root) {
    this.root = root;
  }

  /** Remembers what a file is, before it is first read. */
  void see(String name) {
    try {
      seen.put(name, look(BytePath.of(root, name)));
    } catch (IOException e) {
      // It went away; that is told when it is to be read.
    }
  }

  private static Map<String, Object> look(Path file) throws IOException {
    return Files.readAttributes(
        file, "unix:ino,size,mode,ctime,lastModifiedTime,isRegularFile", LinkOption.NOFOLLOW_LINKS);
  }

  /**
   * Adds one.
   *
   * @param path its name in the archive
   * @return whether it was added
   */
  boolean add(TarWriter tar, String path, String name, List<String> remarks) throws IOException {
    Path file = BytePath.of(root, name);
    Map<String, Object> now;
    try {
      now = look(file);
      if (!(boolean) now.get("isRegularFile") || !Changes.isReached(root, name)) {
        remarks.add("left out, for it was changed while it was copied: " + Names.shown(name));
        return false;
      }
      try (SeekableByteChannel content =
          Files.newByteChannel(file, Set.of(StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS))) {
        boolean isWhole =
            tar.file(
                path,
                Channels.newInputStream(content),
                (long) now.get("size"),
                (int) now.get("mode") & 0777,
                ((FileTime) now.get("lastModifiedTime")).toMillis() / 1000);
        if (!isWhole || !now.equals(seen.get(name)) || !look(file).equals(now)) {
          remarks.add("changed while it was copied: " + Names.shown(name));
        }
      }
      return true;
    } catch (NoSuchFileException e) {
      remarks.add("gone while it was copied: " + Names.shown(name));
      return false;
    }
  }
}
