package dev.banger.testkit;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/** Notices what is made, changed or removed right in a directory. */
final class FileWatch {
  private final Path place;
  private final Map<Path, FileTime> before;

  FileWatch(Path place) throws IOException {
    this.place = place.toAbsolutePath();
    before = entries();
  }

  private Map<Path, FileTime> entries() throws IOException {
    Map<Path, FileTime> found = new TreeMap<>();
    try (Stream<Path> entries = Files.list(place)) {
      for (Path entry : entries.toList()) {
        found.put(entry, Files.getLastModifiedTime(entry));
      }
    }
    return found;
  }

  /** One line each. */
  List<String> changes() throws IOException {
    Map<Path, FileTime> now = entries();
    List<String> lines = new ArrayList<>();
    now.forEach(
        (path, time) -> {
          if (!before.containsKey(path)) {
            lines.add("made: " + path);
          } else if (!before.get(path).equals(time)) {
            lines.add("changed: " + path);
          }
        });
    before.keySet().stream()
        .filter(path -> !now.containsKey(path))
        .forEach(path -> lines.add("removed: " + path));
    return lines;
  }
}
