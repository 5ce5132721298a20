package dev.banger.core.store;

import dev.banger.core.model.BangerException;
import dev.banger.core.model.ErrorKind;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;
import org.sqlite.SQLiteErrorCode;
import org.sqlite.SQLiteException;

/** Says what SQLite's result codes mean to the person at the keyboard. */
final class StoreErrors {
  private static final int PRIMARY_CODE = 0xff;

  private StoreErrors() {}

  static BangerException translate(Path file, SQLException e) {
    Path dir = file.toAbsolutePath().getParent();
    return switch (code(e)) {
      case SQLITE_BUSY, SQLITE_LOCKED ->
          host(
              "the database " + file + " is locked by another program",
              "find it with: fuser -v " + file,
              e);
      case SQLITE_READONLY, SQLITE_PERM ->
          host("the database " + file + " cannot be written", "check: ls -la " + dir, e);
      case SQLITE_CANTOPEN ->
          host("the database " + file + " cannot be opened", "check: ls -la " + dir, e);
      case SQLITE_FULL ->
          host("no space is left for the database " + file, "make room: df -h " + dir, e);
      case SQLITE_IOERR ->
          host(
              "reading or writing the database %s failed: %s".formatted(file, e.getMessage()),
              "check the disk: df -h " + dir + "; dmesg",
              e);
      case SQLITE_CORRUPT, SQLITE_NOTADB ->
          IntegrityCheck.damaged(file, List.of(String.valueOf(e.getMessage())), e);
      default ->
          new BangerException(
              ErrorKind.INTERNAL,
              "the database %s refused a request: %s".formatted(file, e.getMessage()),
              "",
              List.of(),
              e);
    };
  }

  /** The primary result code: extended ones are the same fault told in more detail. */
  static SQLiteErrorCode code(SQLException e) {
    int code = e instanceof SQLiteException sqlite ? sqlite.getResultCode().code : e.getErrorCode();
    return SQLiteErrorCode.getErrorCode(code & PRIMARY_CODE);
  }

  private static BangerException host(String message, String hint, SQLException cause) {
    return new BangerException(
        ErrorKind.HOST, message, hint, List.of(String.valueOf(cause.getMessage())), cause);
  }
}
