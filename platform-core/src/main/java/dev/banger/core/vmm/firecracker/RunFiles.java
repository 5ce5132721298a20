package dev.banger.core.vmm.firecracker;

import dev.banger.core.host.IoReasons;
import dev.banger.core.model.BangerException;
import dev.banger.core.model.ErrorKind;
import dev.banger.core.model.VmPaths;
import dev.banger.core.vmm.BootConsole;
import dev.banger.core.vmm.BoundedLog;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Clock;
import java.time.temporal.ChronoUnit;
import java.util.List;

/** The files around a VM's Firecracker. */
final class RunFiles {
  private RunFiles() {}

  /** Makes what a launch needs; what an earlier one has left is gone then. */
  static void prepare(VmPaths paths, Clock clock) {
    remove(paths);
    try {
      Files.createDirectories(paths.dir(), Modes.PRIVATE_DIRECTORY);
      createPrivate(paths.runDir());
      BoundedLog.trim(paths.console());
      Files.writeString(
          paths.console(),
          "\n%s%s at %s ---\n"
              .formatted(
                  BootConsole.BOOT_LINE,
                  paths.id(),
                  clock.instant().truncatedTo(ChronoUnit.SECONDS)),
          StandardOpenOption.CREATE,
          StandardOpenOption.APPEND);
      // Firecracker does not append to its log, so it would write over what is there.
      Files.deleteIfExists(paths.vmmLog());
      Files.createFile(paths.vmmLog(), Modes.PRIVATE_FILE);
    } catch (IOException e) {
      throw failed("cannot prepare the directories of VM " + paths.id(), e);
    }
  }

  /** Removes what a dead Firecracker left in the run directory: it never removes its sockets. */
  static void remove(VmPaths paths) {
    Path dir = paths.runDir();
    String sockets = paths.agentSocket().getFileName() + "_";
    try {
      if (!Files.isDirectory(dir, LinkOption.NOFOLLOW_LINKS)) {
        return;
      }
      Files.deleteIfExists(paths.pidFile());
      Files.deleteIfExists(paths.controlSocket());
      Files.deleteIfExists(paths.agentSocket());
      try (DirectoryStream<Path> files =
          Files.newDirectoryStream(
              dir, file -> file.getFileName().toString().startsWith(sockets))) {
        for (Path file : files) {
          Files.deleteIfExists(file);
        }
      }
      Files.deleteIfExists(dir);
    } catch (DirectoryNotEmptyException e) {
      // Somebody else keeps a file there; it is theirs to remove.
    } catch (IOException e) {
      throw failed("cannot clean up " + dir, e);
    }
  }

  /** Keeps what a guest can fill from growing. */
  static void trim(VmPaths paths) throws IOException {
    BoundedLog.trim(paths.console());
    if (BoundedLog.size(paths.vmmLog()) > BoundedLog.MAX_BYTES) {
      // It writes on where it was, so the file only becomes a hole.
      try (FileChannel log = FileChannel.open(paths.vmmLog(), StandardOpenOption.WRITE)) {
        log.truncate(0);
      }
    }
  }

  static List<String> log(VmPaths paths) {
    return BoundedLog.tail(paths.vmmLog(), 0);
  }

  static List<String> console(VmPaths paths) {
    return BootConsole.thisBoot(BoundedLog.tail(paths.console(), 0));
  }

  static BangerException failed(String what, IOException e) {
    return new BangerException(ErrorKind.HOST, what + ": " + IoReasons.of(e), "", List.of(), e);
  }

  private static void createPrivate(Path dir) throws IOException {
    Files.createDirectories(dir.getParent());
    try {
      Files.createDirectory(dir, Modes.PRIVATE_DIRECTORY);
    } catch (FileAlreadyExistsException e) {
      if (!Files.isDirectory(dir, LinkOption.NOFOLLOW_LINKS)) {
        throw e;
      }
      Files.setPosixFilePermissions(dir, Modes.OWNER_ONLY);
    }
  }
}
