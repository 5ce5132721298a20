package dev.banger.core.doctor;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** banger's directories; any of them may not be there yet. */
public record Places(Path config, Path data, Path state, Path run) {
  List<Path> all() {
    return List.of(config, data, state, run);
  }

  /** The path itself, or the closest directory above it that is there. */
  static Path nearestExisting(Path path) {
    Path at = path.toAbsolutePath();
    while (Files.notExists(at) && at.getParent() != null) {
      at = at.getParent();
    }
    return at;
  }
}
