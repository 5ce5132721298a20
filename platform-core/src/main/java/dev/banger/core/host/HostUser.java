package dev.banger.core.host;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The user that the daemon runs as. */
public record HostUser(String name, int uid) {
  public static HostUser current() {
    try {
      return new HostUser(
          System.getProperty("user.name"),
          (Integer) Files.getAttribute(Path.of("/proc/self"), "unix:uid"));
    } catch (IOException e) {
      throw new UncheckedIOException("cannot look at /proc/self", e);
    }
  }

  public boolean isRoot() {
    return uid == 0;
  }
}
