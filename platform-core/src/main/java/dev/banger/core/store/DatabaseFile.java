package dev.banger.core.store;

import dev.banger.core.host.IoReasons;
import dev.banger.core.model.BangerException;
import dev.banger.core.model.ErrorKind;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** The file around the database: who may read it, and its backups beside it. */
final class DatabaseFile {
  private static final Duration BACKUP_AGE = Duration.ofHours(24);

  private DatabaseFile() {}

  /**
   * Makes the directory (0700) and the file (0600) where they are missing. SQLite gives its {@code
   * -wal} and {@code -shm} files the mode of the database, so this is done before it sees it.
   */
  static void prepare(Path file) {
    try {
      Files.createDirectories(
          file.toAbsolutePath().getParent(),
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
      if (isMissingOrEmpty(file)) {
        refuseToStartAfresh(file);
      }
      try {
        Files.createFile(
            file,
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
      } catch (FileAlreadyExistsException e) {
        keepPrivate(file);
      }
      insistOnWritable(file);
    } catch (IOException e) {
      throw new BangerException(
          ErrorKind.HOST,
          "cannot open the database " + file + ": " + IoReasons.of(e),
          "check who owns it: ls -la " + file.toAbsolutePath().getParent(),
          List.of(),
          e);
    }
  }

  /**
   * SQLite would open a read-only file too, and leave a read-only {@code -shm} behind that stays in
   * the way when the file is mended.
   */
  private static void insistOnWritable(Path file) {
    for (Path each : List.of(file.toAbsolutePath().getParent(), file)) {
      if (!Files.isWritable(each)) {
        throw new BangerException(
            ErrorKind.HOST,
            "cannot open the database %s: %s cannot be written".formatted(file, each),
            "check: ls -la " + file.toAbsolutePath().getParent());
      }
    }
  }

  private static boolean isMissingOrEmpty(Path file) throws IOException {
    return Files.notExists(file) || (Files.isRegularFile(file) && Files.size(file) == 0);
  }

  /** An empty database where a backup has VMs in it is damage, not a first start. */
  private static void refuseToStartAfresh(Path file) {
    newestBackup(file)
        .ifPresent(
            backup -> {
              throw new BangerException(
                  ErrorKind.HOST,
                  "the database %s is missing or empty, but its backup %s is there"
                      .formatted(file, backup.getFileName()),
                  "cp %s %s brings the VMs back; to start with none, move the backup away"
                      .formatted(backup, file));
            });
  }

  private static void keepPrivate(Path file) throws IOException {
    String mode = PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
    if (!mode.endsWith("------")) {
      Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
    }
  }

  /** Keeps {@code <db>.bak}, a whole copy at most a day old at each start of the daemon. */
  static void refreshBackup(Path file, Connection connection) throws SQLException {
    Path backup = sibling(file, ".bak");
    try {
      if (Files.exists(backup)
          && Files.getLastModifiedTime(backup)
              .toInstant()
              .isAfter(Instant.now().minus(BACKUP_AGE))) {
        return;
      }
    } catch (IOException e) {
      // Cannot tell how old it is: make a new one.
    }
    vacuumInto(file, connection, backup);
  }

  /** Writes a whole, compact copy; {@code backup} is replaced only once the copy is complete. */
  static void vacuumInto(Path file, Connection connection, Path backup) throws SQLException {
    Path part = sibling(backup, ".part");
    try {
      Files.deleteIfExists(part);
      Files.createFile(
          part, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
      try (PreparedStatement vacuum = connection.prepareStatement("VACUUM INTO ?")) {
        vacuum.setString(1, part.toString());
        vacuum.execute();
      }
      try (FileChannel copy = FileChannel.open(part, StandardOpenOption.WRITE)) {
        copy.force(true);
      }
      Files.move(part, backup, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      throw new BangerException(
          ErrorKind.HOST,
          "cannot write the backup %s of the database: %s".formatted(backup, IoReasons.of(e)),
          "check who owns it, and the space left: df -h " + file.toAbsolutePath().getParent(),
          List.of(),
          e);
    }
  }

  static Path sibling(Path file, String suffix) {
    return file.resolveSibling(file.getFileName() + suffix);
  }

  /** The backup that was written last, if there is one. */
  static Optional<Path> newestBackup(Path file) {
    String prefix = file.getFileName() + ".bak";
    try (Stream<Path> files = Files.list(file.toAbsolutePath().getParent())) {
      return files
          .filter(each -> each.getFileName().toString().startsWith(prefix))
          .filter(each -> !each.getFileName().toString().endsWith(".part"))
          .max(Comparator.comparingLong(each -> each.toFile().lastModified()));
    } catch (IOException e) {
      return Optional.empty();
    }
  }
}
