package dev.banger.core.lifecycle;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Which boot of the host this is. */
final class HostBoot {
  private HostBoot() {}

  /** The kernel's boot id; empty when it cannot be read. */
  static String id() {
    try {
      return Files.readString(Path.of("/proc/sys/kernel/random/boot_id")).strip();
    } catch (IOException e) {
      return "";
    }
  }
}
