package dev.banger.agent;

import dev.banger.protocol.FailureKind;
import java.nio.file.Files;
import java.nio.file.Path;

/** Finds what a shell would run, and says why it cannot, before anything is started. */
final class CommandLookup {
  static final String DEFAULT_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

  private CommandLookup() {}

  static Path directory(String cwd) throws RequestException {
    Path path = Path.of(cwd.isEmpty() ? "/root" : cwd);
    if (!path.isAbsolute()) {
      throw new RequestException(
          FailureKind.BAD_CWD, "working directory " + cwd + " is not an absolute path");
    }
    if (!Files.exists(path)) {
      // The default must not keep a command from running in a guest without it.
      if (cwd.isEmpty()) {
        return Path.of("/");
      }
      throw new RequestException(
          FailureKind.BAD_CWD, "working directory " + cwd + " does not exist in the guest");
    }
    if (!Files.isDirectory(path)) {
      throw new RequestException(
          FailureKind.BAD_CWD, "working directory " + cwd + " is not a directory in the guest");
    }
    return path;
  }

  static String executable(String command, Path cwd, String searchPath) throws RequestException {
    if (command.indexOf('/') >= 0) {
      Path file = cwd.resolve(command);
      if (!Files.exists(file)) {
        throw new RequestException(FailureKind.NOT_FOUND, command + " does not exist in the guest");
      }
      insistExecutable(file, command);
      return file.toString();
    }
    Path found = null;
    for (String dir : searchPath.split(":")) {
      Path candidate = cwd.resolve(dir).resolve(command);
      if (Files.isRegularFile(candidate)) {
        if (Files.isExecutable(candidate)) {
          return candidate.toString();
        }
        found = candidate;
      }
    }
    if (found != null) {
      insistExecutable(found, found.toString());
    }
    throw new RequestException(
        FailureKind.NOT_FOUND, "command " + command + " was not found in the guest");
  }

  private static void insistExecutable(Path file, String shown) throws RequestException {
    if (Files.isDirectory(file)) {
      throw new RequestException(
          FailureKind.NOT_EXECUTABLE, shown + " is a directory in the guest");
    }
    if (!Files.isExecutable(file)) {
      throw new RequestException(
          FailureKind.NOT_EXECUTABLE, shown + " is not executable in the guest");
    }
  }
}
