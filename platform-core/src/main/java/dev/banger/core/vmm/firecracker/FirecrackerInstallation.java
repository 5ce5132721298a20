package dev.banger.core.vmm.firecracker;

import dev.banger.core.host.Commands;
import dev.banger.core.model.BangerException;
import dev.banger.core.model.ErrorKind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.Optional;

/** The Firecracker of this host: where it is and how old. Asked again when the file changes. */
final class FirecrackerInstallation {
  private static final Duration DEADLINE = Duration.ofSeconds(5);

  private final Commands commands;
  private final String tool;
  private Cached cached;

  FirecrackerInstallation(Commands commands, String tool) {
    this.commands = commands;
    this.tool = tool;
  }

  /**
   * @param version empty when it does not say
   * @param problem why it cannot be used; empty when it can
   */
  record Found(Path binary, Optional<FirecrackerVersion> version, String problem) {
    String versionText() {
      return version.map(FirecrackerVersion::toString).orElse("");
    }
  }

  private record Cached(Path binary, FileTime modified, Found found) {}

  String tool() {
    return tool;
  }

  /** Empty when it is not installed. */
  synchronized Optional<Found> find() {
    Optional<Path> binary = commands.find(tool);
    if (binary.isEmpty()) {
      return Optional.empty();
    }
    Path file = binary.get().toAbsolutePath();
    FileTime modified = modified(file);
    if (cached == null || !cached.binary().equals(file) || !cached.modified().equals(modified)) {
      cached = new Cached(file, modified, ask(file));
    }
    return Optional.of(cached.found());
  }

  /**
   * @throws BangerException of kind UNAVAILABLE when it is missing or too old
   */
  Found require() {
    Found found =
        find()
            .orElseThrow(
                () ->
                    new BangerException(
                        ErrorKind.UNAVAILABLE, tool + " is not installed", installHint()));
    if (!found.problem().isEmpty()) {
      throw new BangerException(ErrorKind.UNAVAILABLE, found.problem(), installHint());
    }
    return found;
  }

  static String installHint() {
    return "put a Firecracker of version %s or later on PATH, or its path into firecracker_bin"
        .formatted(FirecrackerVersion.OLDEST);
  }

  private Found ask(Path file) {
    try {
      Commands.Result result =
          commands.run(Commands.Call.of(DEADLINE, file.toString(), "--version"));
      Optional<FirecrackerVersion> version = FirecrackerVersion.parse(result.stdout());
      if (result.exitCode() != 0 || version.isEmpty()) {
        return new Found(
            file, Optional.empty(), file + " --version does not answer like Firecracker");
      }
      return new Found(
          file,
          version,
          version.get().tooOld()
              ? "%s is version %s; at least %s is needed"
                  .formatted(file, version.get(), FirecrackerVersion.OLDEST)
              : "");
    } catch (BangerException e) {
      return new Found(file, Optional.empty(), e.getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new BangerException(
          ErrorKind.HOST, "interrupted while asking Firecracker for its version");
    }
  }

  private static FileTime modified(Path file) {
    try {
      return Files.getLastModifiedTime(file);
    } catch (IOException e) {
      return FileTime.fromMillis(0);
    }
  }
}
