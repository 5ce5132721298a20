package dev.banger.core.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.banger.core.model.BangerException;
import dev.banger.core.model.ErrorKind;
import dev.banger.core.model.VmRecord;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Statement;
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

  @Test
  void aDatabaseFromBeforeThereWereHooksKeepsItsVms() throws Exception {
    try (Database old = open(script("0001-vms.sql"), script("0002-operations.sql"))) {
      old.write(
          connection -> {
            try (Statement statement = connection.createStatement()) {
              return statement.executeUpdate(
                  """
                  INSERT INTO vms VALUES ('0123456789ab', 'web', '127.77.0.5', 7, 'debian', 2, 1024,
                    8192, 4096, 1, 'auto', '{}', 'stopped', '', '2026-01-02T03:04:05Z', NULL, '', 0)
                  """);
            }
          });
    }
    try (Database database = Database.open(file)) {
      SqliteVmStore vms = new SqliteVmStore(database);
      VmRecord vm = vms.list().vms().getFirst();
      assertThat(vm.name()).isEqualTo("web");
      SqliteJournal journal = new SqliteJournal(database);
      journal.begin(StepFixtures.step(StepFixtures.WEB, "nat", "rules"));
      assertThat(journal.open(vm.id().value())).hasSize(1);
    }
    assertThat(DatabaseFile.sibling(file, ".bak-v2")).exists();
  }

  private static String script(String name) throws IOException {
    try (InputStream script = Migrations.class.getResourceAsStream(name)) {
      return new String(script.readAllBytes(), StandardCharsets.UTF_8);
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
