package dev.banger.hooks;

import dev.banger.api.CapabilityException;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Remembers what a person decided about plugins: which versions are installed, which are switched
 * off. A change is one transaction, durable (survives a power cut) when the method returns.
 * Thread-safe. Failures are {@link CapabilityException}s of kind HOST.
 */
public interface InstalledPlugins {
  /** In the order of their ids. A row that cannot be read is left out, and kept. */
  List<Installed> list();

  Optional<Installed> find(String id);

  /** Adds or replaces. */
  void put(Installed plugin);

  /** Succeeds when there is none. */
  void delete(String id);

  /**
   * What is known of one plugin. A bundled one that is only switched off has no versions.
   *
   * @param current what is loaded when the plugin is enabled
   * @param previous what a rollback goes back to
   */
  record Installed(
      String id,
      boolean enabled,
      Optional<Version> current,
      Optional<Version> previous,
      Instant installedAt) {
    public Installed {
      if (id.isBlank()) {
        throw new IllegalArgumentException("a plugin needs an id");
      }
      Objects.requireNonNull(current);
      Objects.requireNonNull(previous);
      Objects.requireNonNull(installedAt);
    }
  }

  /**
   * @param digest SHA-256 of the zip in lower-case hexadecimal digits: it names a directory
   */
  record Version(String version, String digest) {
    private static final Pattern DIGEST = Pattern.compile("[0-9a-f]{64}");

    public Version {
      if (version.isBlank()) {
        throw new IllegalArgumentException("a version is missing");
      }
      if (!DIGEST.matcher(digest).matches()) {
        throw new IllegalArgumentException("not a SHA-256 digest: " + digest);
      }
    }
  }
}
