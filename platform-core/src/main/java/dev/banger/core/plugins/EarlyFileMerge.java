package dev.banger.core.plugins;

import dev.banger.api.GuestFile;
import dev.banger.core.lifecycle.DiskProvisioner.EarlyFile;
import dev.banger.core.model.BangerException;
import dev.banger.core.model.ErrorKind;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Puts the early files of all plugins together, parents before children. */
final class EarlyFileMerge {
  private static final int MAX_FILES = 64;
  private static final int MAX_BYTES = 1 << 20;
  private static final int STICKY_AND_PERMISSIONS = 01777;

  private final Map<String, Owned> files = new TreeMap<>();

  private record Owned(String plugin, EarlyFile file) {}

  /**
   * @throws BangerException naming the plugin and the file, or both plugins
   */
  void add(String plugin, List<GuestFile> list) {
    if (list.size() > MAX_FILES) {
      throw bad(plugin, "gives a guest %d files, %d are allowed".formatted(list.size(), MAX_FILES));
    }
    for (GuestFile file : list) {
      EarlyFile checked = checked(plugin, file);
      Owned other = files.putIfAbsent(checked.path(), new Owned(plugin, checked));
      if (other != null && !sameDirectory(other.file(), checked)) {
        throw conflict(checked.path(), other.plugin(), plugin);
      }
    }
  }

  List<EarlyFile> result() {
    for (Owned owned : files.values()) {
      String path = owned.file().path();
      for (int cut = path.lastIndexOf('/'); cut > 0; cut = path.lastIndexOf('/', cut - 1)) {
        Owned parent = files.get(path.substring(0, cut));
        if (parent != null && !parent.file().isDirectory()) {
          throw conflict(parent.file().path(), parent.plugin(), owned.plugin());
        }
      }
    }
    return files.values().stream().map(Owned::file).toList();
  }

  private static EarlyFile checked(String plugin, GuestFile file) {
    if (file == null || !GuestPaths.isClean(file.path()) || file.path().equals("/")) {
      throw bad(plugin, "gives a guest a file with a bad path: " + file);
    }
    if (file.mode() < 0 || (file.mode() & ~STICKY_AND_PERMISSIONS) != 0) {
      throw bad(plugin, "gives a guest %s with mode %o".formatted(file.path(), file.mode()));
    }
    if (file.isDirectory()) {
      return EarlyFile.directory(file.path(), file.mode());
    }
    if (file.content().length > MAX_BYTES) {
      throw bad(
          plugin,
          "gives a guest %s with %d bytes, 1 MiB is allowed"
              .formatted(file.path(), file.content().length));
    }
    return new EarlyFile(file.path(), file.mode(), file.content().clone());
  }

  private static boolean sameDirectory(EarlyFile one, EarlyFile other) {
    return one.isDirectory() && other.isDirectory() && one.mode() == other.mode();
  }

  private static BangerException bad(String plugin, String what) {
    return new BangerException(
        ErrorKind.INTERNAL,
        "plugin %s %s".formatted(plugin, what),
        "this is a defect of the plugin; to go on without it, add it to plugins.disabled");
  }

  private static BangerException conflict(String path, String one, String other) {
    return new BangerException(
        ErrorKind.CONFLICT,
        one.equals(other)
            ? "plugin %s gives a guest %s twice".formatted(one, path)
            : "plugins %s and %s both give a guest %s".formatted(one, other, path),
        "add one of them to plugins.disabled");
  }
}
