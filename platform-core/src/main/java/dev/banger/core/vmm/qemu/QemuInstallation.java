package dev.banger.core.vmm.qemu;

import dev.banger.core.host.Commands;
import dev.banger.core.model.BangerException;
import dev.banger.core.model.ErrorKind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The QEMU of this host: where it is and how old. Asked again when the file changes. */
final class QemuInstallation {
  /** Milliseconds on most hosts; more than 5 s were seen on one that was emulated and busy. */
  private static final Duration DEADLINE = Duration.ofSeconds(20);

  private static final Pattern VERSION =
      Pattern.compile("QEMU emulator version ([0-9]{1,4})\\.([0-9]{1,4})(\\.[0-9]{1,4})?");

  /** The oldest with every option used; 7.2 is the oldest tested. */
  private static final int MIN_MAJOR = 6;

  private static final int MIN_MINOR = 2;

  private final Commands commands;
  private final String tool;
  private Cached cached;

  QemuInstallation(Commands commands, String tool) {
    this.commands = commands;
    this.tool = tool;
  }

  /**
   * @param problem why it cannot be used; empty when it can
   */
  record Found(Path binary, String version, String problem) {}

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
    return "install it, for example: apt install qemu-system-x86";
  }

  private Found ask(Path file) {
    try {
      Commands.Result result =
          commands.run(Commands.Call.of(DEADLINE, file.toString(), "--version"));
      Matcher matcher = VERSION.matcher(result.stdout());
      if (result.exitCode() != 0 || !matcher.find()) {
        return new Found(file, "", file + " --version does not answer like QEMU");
      }
      String version =
          matcher.group(1)
              + "."
              + matcher.group(2)
              + Optional.ofNullable(matcher.group(3)).orElse("");
      int major = Integer.parseInt(matcher.group(1));
      int minor = Integer.parseInt(matcher.group(2));
      boolean old = major < MIN_MAJOR || (major == MIN_MAJOR && minor < MIN_MINOR);
      return new Found(
          file,
          version,
          old
              ? "%s is version %s; at least %d.%d is needed"
                  .formatted(file, version, MIN_MAJOR, MIN_MINOR)
              : "");
    } catch (BangerException e) {
      return new Found(file, "", e.getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new BangerException(ErrorKind.HOST, "interrupted while asking QEMU for its version");
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
