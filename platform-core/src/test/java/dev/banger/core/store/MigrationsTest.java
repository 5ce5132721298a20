package dev.banger.core.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.banger.core.model.BangerException;
import dev.banger.core.model.ErrorKind;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MigrationsTest {
  private static final String ONE = "CREATE TABLE a (x TEXT); INSERT INTO a VALUES ('first');";
  private static final String TWO = "CREATE TABLE b (x TEXT); INSERT INTO b SELECT x FROM a;";
  private static final String BROKEN = "CREATE TABLE c (x TEXT); INSERT INTO nowhere VALUES (1);";

  @TempDir Path temp;
  private Path file;

  @BeforeEach
  void nameTheFile() {
    file = temp.resolve("banger.db");
  }

  @Test
  void aNewDatabaseRunsEveryScriptInOrderWithoutABackup() {
    open(ONE, TWO).close();
    assertThat(schema(ONE, TWO)).isEqualTo(2);
    assertThat(DatabaseFile.sibling(file, ".bak-v0")).doesNotExist();
  }

  @Test
  void anOldDatabaseIsBackedUpBeforeItIsMigrated() throws Exception {
    open(ONE).close();
    open(ONE, TWO).close();
    Path backup = DatabaseFile.sibling(file, ".bak-v1");
    assertThat(backup).exists();

    Files.delete(file);
    Files.copy(backup, file);
    try (Database old = open(ONE)) {
      assertThat(number(old, "PRAGMA user_version")).isEqualTo(1);
      assertThat(number(old, "SELECT count(*) FROM a")).isEqualTo(1);
    }
  }

  @Test
  void aFailedMigrationChangesNothingAndMayBeRepeated() {
    open(ONE).close();
    BangerException refusal =
        catchThrowableOfType(BangerException.class, () -> open(ONE, TWO, BROKEN));
    assertThat(refusal)
        .hasMessageContaining("from schema 2 to 3 failed")
        .hasMessageContaining("nowhere");
    try (Database database = open(ONE, TWO)) {
      assertThat(number(database, "PRAGMA user_version")).isEqualTo(2);
      assertThat(number(database, "SELECT count(*) FROM sqlite_schema WHERE name = 'c'")).isZero();
    }
  }

  @Test
  void aNewerDatabaseIsRefusedWithBothVersionsAndLeftAsItIs() throws Exception {
    open(ONE, TWO).close();
    byte[] before = Files.readAllBytes(file);
    BangerException refusal = catchThrowableOfType(BangerException.class, () -> open(ONE));
    assertThat(refusal.kind()).isEqualTo(ErrorKind.HOST);
    assertThat(refusal)
        .hasMessage(
            "the database %s has schema 2, and this banger knows schemas up to 1".formatted(file));
    assertThat(Files.readAllBytes(file)).isEqualTo(before);
  }

  @Test
  void theScriptsOfThisReleaseLeadToTheLatestSchema() {
    try (Database database = Database.open(file)) {
      assertThat(number(database, "PRAGMA user_version")).isEqualTo(4);
    }
  }

  private Database open(String... scripts) {
    return Database.open(
        new Connections(file, Connections.BUSY_TIMEOUT_MILLIS), new Migrations(List.of(scripts)));
  }

  private long schema(String... scripts) {
    try (Database database = open(scripts)) {
      return number(database, "PRAGMA user_version");
    }
  }

  private static long number(Database database, String sql) {
    return database.read(connection -> Connections.number(connection, sql));
  }
}
