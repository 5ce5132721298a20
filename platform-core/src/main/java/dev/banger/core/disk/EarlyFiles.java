package dev.banger.core.disk;

import dev.banger.core.lifecycle.DiskProvisioner.EarlyFile;
import dev.banger.core.model.BangerException;
import dev.banger.core.model.ErrorKind;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Checks early files and writes them as the archive that follows an image's initramfs. */
final class EarlyFiles {
  /** The guest keeps them in memory until its init starts. */
  private static final long MAX_TOTAL_BYTES = 32L << 20;

  private static final int MAX_PATH_BYTES = 1024;
  private static final int MAX_NAME_BYTES = 255;
  private static final int IMPLIED_DIRECTORY_MODE = 0755;

  private final TreeMap<String, EarlyFile> byPath = new TreeMap<>();
  private final String list;

  EarlyFiles(List<EarlyFile> files) {
    long total = 0;
    for (EarlyFile file : files) {
      check(file);
      if (byPath.put(file.path(), file) != null) {
        throw refused(file.path(), "it is given twice");
      }
      total += file.isDirectory() ? 0 : file.content().length;
    }
    if (total > MAX_TOTAL_BYTES) {
      throw new BangerException(
          ErrorKind.INVALID,
          "early files of %d bytes are more than the limit of %d bytes"
              .formatted(total, MAX_TOTAL_BYTES),
          "copy large files into the running guest instead");
    }
    list = list();
    for (EarlyFile file : files) {
      addParents(file.path());
    }
  }

  /**
   * What the guest is to have, as opposed to directories that only lead there: {@code d MODE PATH}
   * or {@code f MODE PATH} a line, a directory before what is in it.
   */
  private String list() {
    StringBuilder lines = new StringBuilder();
    byPath
        .values()
        .forEach(
            file ->
                lines.append(
                    "%s %04o %s\n"
                        .formatted(file.isDirectory() ? "d" : "f", file.mode(), file.path())));
    return lines.toString();
  }

  void writeTo(OutputStream out) throws IOException {
    if (byPath.isEmpty()) {
      return;
    }
    CpioWriter cpio = new CpioWriter(out);
    cpio.directory("seed", IMPLIED_DIRECTORY_MODE);
    // Sorted, so a directory comes before what is in it.
    for (Map.Entry<String, EarlyFile> entry : byPath.entrySet()) {
      EarlyFile file = entry.getValue();
      String name = "seed" + entry.getKey();
      if (file.isDirectory()) {
        cpio.directory(name, file.mode());
      } else {
        cpio.file(name, file.mode(), file.content());
      }
    }
    cpio.file("seed.list", 0600, list.getBytes(StandardCharsets.UTF_8));
    cpio.close();
  }

  private void addParents(String path) {
    for (int slash = path.lastIndexOf('/'); slash > 0; slash = path.lastIndexOf('/', slash - 1)) {
      String parent = path.substring(0, slash);
      EarlyFile present =
          byPath.computeIfAbsent(parent, p -> EarlyFile.directory(p, IMPLIED_DIRECTORY_MODE));
      if (!present.isDirectory()) {
        throw refused(path, parent + " is given as a file");
      }
    }
  }

  private static void check(EarlyFile file) {
    String path = file.path();
    if (!path.startsWith("/") || path.length() < 2) {
      throw refused(path, "it must be an absolute path below /");
    }
    if (path.codePoints().anyMatch(Character::isISOControl)) {
      throw refused(path, "it has control characters");
    }
    if (path.getBytes(StandardCharsets.UTF_8).length > MAX_PATH_BYTES) {
      throw refused(path, "it is longer than " + MAX_PATH_BYTES + " bytes");
    }
    for (String name : path.substring(1).split("/", -1)) {
      if (name.isEmpty() || name.equals(".") || name.equals("..")) {
        throw refused(path, "it has an empty, \".\" or \"..\" component");
      }
      if (name.getBytes(StandardCharsets.UTF_8).length > MAX_NAME_BYTES) {
        throw refused(path, "a component is longer than " + MAX_NAME_BYTES + " bytes");
      }
    }
    if ((file.mode() & ~07777) != 0) {
      throw refused(path, "its mode " + Integer.toOctalString(file.mode()) + " is not 0 to 7777");
    }
  }

  private static BangerException refused(String path, String why) {
    return new BangerException(
        ErrorKind.INVALID, "early file %s is refused: %s".formatted(printable(path), why));
  }

  private static String printable(String path) {
    StringBuilder text = new StringBuilder("\"");
    path.codePoints()
        .limit(120)
        .forEach(
            c -> {
              if (Character.isISOControl(c)) {
                text.append("\\u%04x".formatted(c));
              } else {
                text.appendCodePoint(c);
              }
            });
    return text.append('"').toString();
  }
}
