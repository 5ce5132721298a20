package dev.banger.core.host;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** Settings of the host's kernel, by the names that {@code sysctl} uses. */
public final class KernelSettings {
  private final Path root;

  public KernelSettings() {
    this(Path.of("/proc/sys"));
  }

  /**
   * @param root in place of {@code /proc/sys}
   */
  public KernelSettings(Path root) {
    this.root = root;
  }

  /**
   * @param name for example {@code user.max_user_namespaces}
   * @return empty when this kernel has no such setting, or hides it
   */
  public Optional<String> get(String name) {
    try {
      return Optional.of(Files.readString(root.resolve(name.replace('.', '/'))).strip());
    } catch (IOException e) {
      return Optional.empty();
    }
  }
}
