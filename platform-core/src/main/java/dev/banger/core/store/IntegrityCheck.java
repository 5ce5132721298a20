package dev.banger.core.store;

import dev.banger.core.model.BangerException;
import dev.banger.core.model.ErrorKind;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;

/**
 * Refuses a damaged database.
 *
 * <p>It stays where it is until a person moves it: had the daemon moved it aside by itself, the
 * next start would find nothing, begin with an empty database and lose every VM without a word.
 */
final class IntegrityCheck {
  private static final int SHOWN_FAULTS = 8;
  private static final DateTimeFormatter STAMP =
      DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss").withZone(ZoneOffset.UTC);

  private IntegrityCheck() {}

  static void insist(Path file, Connection connection) throws SQLException {
    List<String> faults = new ArrayList<>();
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery("PRAGMA quick_check(" + SHOWN_FAULTS + ")")) {
      while (rows.next()) {
        faults.add(rows.getString(1));
      }
    }
    if (!faults.equals(List.of("ok"))) {
      throw damaged(file, faults, null);
    }
  }

  static BangerException damaged(Path file, List<String> faults, Throwable cause) {
    String aside =
        "mv %s %s".formatted(file, DatabaseFile.sibling(file, ".corrupt-" + STAMP.format(now())));
    // A write-ahead log belongs to the file it was written for, and would spoil the backup.
    String log = "rm -f %s-wal %s-shm".formatted(file, file);
    return new BangerException(
        ErrorKind.HOST,
        "the database " + file + " is damaged",
        DatabaseFile.newestBackup(file)
            .map(backup -> "%s; %s; cp %s %s".formatted(aside, log, backup, file))
            .orElse(
                "there is no backup; to start with no VMs: %s; %s (their disks stay)"
                    .formatted(aside, log)),
        faults,
        cause);
  }

  private static Instant now() {
    return Instant.now();
  }
}
