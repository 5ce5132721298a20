package dev.banger.core.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.banger.core.model.BangerException;
import dev.banger.core.model.ErrorKind;
import java.nio.file.Path;
import java.sql.SQLException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.sqlite.SQLiteErrorCode;
import org.sqlite.SQLiteException;

class StoreErrorsTest {
  private static final Path FILE = Path.of("/d/banger.db");

  @ParameterizedTest
  @CsvSource({
    "SQLITE_BUSY, HOST, the database /d/banger.db is locked by another program",
    "SQLITE_BUSY_SNAPSHOT, HOST, the database /d/banger.db is locked by another program",
    "SQLITE_LOCKED, HOST, the database /d/banger.db is locked by another program",
    "SQLITE_READONLY, HOST, the database /d/banger.db cannot be written",
    "SQLITE_READONLY_DIRECTORY, HOST, the database /d/banger.db cannot be written",
    "SQLITE_CANTOPEN, HOST, the database /d/banger.db cannot be opened",
    "SQLITE_FULL, HOST, no space is left for the database /d/banger.db",
    "SQLITE_IOERR_FSYNC, HOST, reading or writing the database /d/banger.db failed: why",
    "SQLITE_CORRUPT, HOST, the database /d/banger.db is damaged",
    "SQLITE_CORRUPT_INDEX, HOST, the database /d/banger.db is damaged",
    "SQLITE_NOTADB, HOST, the database /d/banger.db is damaged",
    "SQLITE_CONSTRAINT_UNIQUE, INTERNAL, the database /d/banger.db refused a request: why",
    "SQLITE_ERROR, INTERNAL, the database /d/banger.db refused a request: why",
  })
  void everyFaultIsToldInWordsWithTheFile(SQLiteErrorCode code, ErrorKind kind, String message) {
    BangerException told = StoreErrors.translate(FILE, new SQLiteException("why", code));
    assertThat(told.kind()).isEqualTo(kind);
    assertThat(told).hasMessage(message);
    if (kind == ErrorKind.HOST) {
      assertThat(told.hint()).isNotEmpty();
    }
  }

  @Test
  void aFaultThatIsNotSqlitesIsADefect() {
    assertThat(StoreErrors.translate(FILE, new SQLException("driver gone")).kind())
        .isEqualTo(ErrorKind.INTERNAL);
  }
}
