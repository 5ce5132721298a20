package dev.banger.core.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.banger.core.model.BangerException;
import dev.banger.core.model.ErrorKind;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DatabaseTest {
  private static final Map<String, Long> WANTED =
      Map.of("busy_timeout", 5000L, "foreign_keys", 1L, "synchronous", 2L, "trusted_schema", 0L);

  @TempDir Path temp;
  private Path file;

  @BeforeEach
  void nameTheFile() {
    file = temp.resolve("db").resolve("banger.db");
  }

  @Test
  void everyConnectionIsSetUpTheSameWay() throws Exception {
    try (Database database = Database.open(file)) {
      database.write(DatabaseTest::assertPragmas);
      CyclicBarrier together = new CyclicBarrier(2);
      try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
        List<Future<Integer>> readers = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
          readers.add(
              threads.submit(
                  () ->
                      database.read(
                          connection -> {
                            await(together); // both readers are out: these are different ones
                            assertPragmas(connection);
                            assertThat(Connections.number(connection, "PRAGMA query_only"))
                                .isEqualTo(1);
                            return System.identityHashCode(connection);
                          })));
        }
        assertThat(readers.get(0).get()).isNotEqualTo(readers.get(1).get());
      }
    }
  }

  private static Void assertPragmas(Connection connection) throws SQLException {
    for (Map.Entry<String, Long> pragma : WANTED.entrySet()) {
      assertThat(Connections.number(connection, "PRAGMA " + pragma.getKey()))
          .as(pragma.getKey())
          .isEqualTo(pragma.getValue());
    }
    try (Statement statement = connection.createStatement();
        var rows = statement.executeQuery("PRAGMA journal_mode")) {
      assertThat(rows.getString(1)).isEqualTo("wal");
    }
    return null;
  }

  @Test
  void filesAreForTheOwnerOnly() throws Exception {
    try (Database database = Database.open(file)) {
      database.write(connection -> insertCursor(connection, "x", 1));
      assertThat(mode(file.getParent())).isEqualTo("rwx------");
      try (var files = Files.list(file.getParent())) {
        assertThat(files.toList())
            .hasSizeGreaterThanOrEqualTo(4) // database, -wal, -shm, backup
            .allSatisfy(each -> assertThat(mode(each)).as(each.toString()).isEqualTo("rw-------"));
      }
    }
  }

  @Test
  void aFileThatOthersCanReadIsMadePrivate() throws Exception {
    Database.open(file).close();
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
    Database.open(file).close();
    assertThat(mode(file)).isEqualTo("rw-------");
  }

  @Test
  void aReaderCannotWrite() {
    try (Database database = Database.open(file)) {
      assertThatThrownBy(
              () -> database.read(connection -> insertCursor(connection, "sneaked in", 1)))
          .isInstanceOf(BangerException.class);
      assertThat(count(database)).isZero();
    }
  }

  @Test
  void aWriteThatThrowsLeavesNothingBehindAndTheNextOneWorks() {
    try (Database database = Database.open(file)) {
      assertThatThrownBy(
              () ->
                  database.write(
                      connection -> {
                        insertCursor(connection, "half", 1);
                        throw new IllegalStateException("changed my mind");
                      }))
          .hasMessage("changed my mind");
      assertThat(count(database)).isZero();
      database.write(connection -> insertCursor(connection, "whole", 1));
      assertThat(count(database)).isEqualTo(1);
    }
  }

  @Test
  void writesDoNotNest() {
    try (Database database = Database.open(file)) {
      assertThatThrownBy(() -> database.write(_ -> database.write(_ -> 1)))
          .isInstanceOf(IllegalStateException.class);
    }
  }

  @Test
  void anInterruptedThreadCanStillWriteDownWhatHappened() {
    try (Database database = Database.open(file)) {
      Thread.currentThread().interrupt();
      database.write(connection -> insertCursor(connection, "last words", 1));
      assertThat(Thread.interrupted()).isTrue();
      assertThat(count(database)).isEqualTo(1);
    }
  }

  @Test
  void onlyWhatMayBeLostInAPowerCutIsNotForcedToDisk() {
    try (Database database = Database.open(file)) {
      assertThat(database.writeUnforced(DatabaseTest::synchronous)).isEqualTo(1);
      assertThat(database.writeUnforced(DatabaseTest::synchronous)).isEqualTo(1);
      assertThat(database.write(DatabaseTest::synchronous)).isEqualTo(2);
      assertThatThrownBy(
              () ->
                  database.writeUnforced(
                      connection -> {
                        insertCursor(connection, "half", 1);
                        throw new IllegalStateException("changed my mind");
                      }))
          .hasMessage("changed my mind");
      assertThat(database.write(DatabaseTest::synchronous)).isEqualTo(2);
      database.writeUnforced(connection -> insertCursor(connection, "kept", 1));
    }
    try (Database database = Database.open(file)) {
      assertThat(count(database)).isEqualTo(1);
    }
  }

  private static long synchronous(Connection connection) throws SQLException {
    return Connections.number(connection, "PRAGMA synchronous");
  }

  @Test
  void whatWasCommittedIsThereAfterReopening() {
    try (Database database = Database.open(file)) {
      database.write(connection -> insertCursor(connection, "kept", 42));
    }
    try (Database database = Database.open(file)) {
      assertThat(count(database)).isEqualTo(1);
    }
  }

  @Test
  void closingWaitsForTheWriteUnderWayAndRefusesLaterOnes() throws Exception {
    Database database = Database.open(file);
    CountDownLatch inside = new CountDownLatch(1);
    CountDownLatch goOn = new CountDownLatch(1);
    Thread writer =
        Thread.ofVirtual()
            .start(
                () ->
                    database.write(
                        connection -> {
                          inside.countDown();
                          await(goOn);
                          return insertCursor(connection, "in time", 1);
                        }));
    inside.await();
    Thread closer = Thread.ofVirtual().start(database::close);
    goOn.countDown();
    writer.join();
    closer.join();
    database.close();
    assertThatThrownBy(() -> database.write(_ -> 1)).hasMessageContaining("closed");
    assertThatThrownBy(() -> database.read(_ -> 1)).hasMessageContaining("closed");
    try (Database again = Database.open(file)) {
      assertThat(count(again)).isEqualTo(1);
    }
  }

  @Test
  void aDamagedFileIsRefusedAndLeftInPlaceWithTheWayBack() throws Exception {
    try (Database database = Database.open(file)) {
      database.write(
          connection -> {
            for (int i = 0; i < 2000; i++) {
              insertCursor(connection, "row-" + i, i);
            }
            return null;
          });
    }
    Database.open(file).close();
    try (RandomAccessFile bytes = new RandomAccessFile(file.toFile(), "rw")) {
      for (long at = 4096; at < bytes.length(); at += 512) {
        bytes.seek(at);
        bytes.write(new byte[200]);
      }
    }
    byte[] damaged = Files.readAllBytes(file);

    BangerException refusal = refusal();

    assertThat(refusal.kind()).isEqualTo(ErrorKind.HOST);
    assertThat(refusal).hasMessage("the database " + file + " is damaged");
    assertThat(refusal.hint())
        .contains("mv " + file + " " + file + ".corrupt-")
        .contains("cp " + file + ".bak " + file);
    assertThat(refusal.details()).isNotEmpty();
    assertThat(Files.readAllBytes(file)).isEqualTo(damaged);
    assertThat(refusal()).hasMessage(refusal.getMessage());
  }

  @Test
  void aFileThatIsNoDatabaseIsRefused() throws Exception {
    Files.createDirectories(file.getParent());
    Files.writeString(file, "Dear diary, ".repeat(1000));
    BangerException refusal = refusal();
    assertThat(refusal).hasMessageContaining("is damaged");
    assertThat(refusal.hint()).contains("there is no backup").contains("mv " + file);
    assertThat(Files.readString(file)).startsWith("Dear diary");
  }

  @Test
  void anEmptyFileBesideABackupIsDamageAndNotAFirstStart() throws Exception {
    try (Database database = Database.open(file)) {
      database.write(connection -> insertCursor(connection, "precious", 1));
    }
    Files.write(file, new byte[0]);
    assertThat(refusal()).hasMessageContaining("missing or empty").hasMessageContaining(".bak");
    Files.delete(file);
    assertThat(refusal().hint()).startsWith("cp " + file + ".bak " + file);
  }

  @Test
  void theBackupIsAWholeDatabase() throws Exception {
    try (Database database = Database.open(file)) {
      database.write(connection -> insertCursor(connection, "precious", 7));
    }
    Path backup = DatabaseFile.sibling(file, ".bak");
    Files.setLastModifiedTime(backup, java.nio.file.attribute.FileTime.fromMillis(0));
    Database.open(file).close();
    Files.delete(file);
    Files.copy(backup, file);
    try (Database database = Database.open(file)) {
      assertThat(count(database)).isEqualTo(1);
    }
  }

  @Test
  void aLockedFileIsReportedAsSuch() throws Exception {
    Database.open(file).close();
    try (Connection other = DriverManager.getConnection("jdbc:sqlite:" + file);
        Statement statement = other.createStatement();
        Database database = Database.open(new Connections(file, 50), Migrations.all())) {
      statement.execute("BEGIN IMMEDIATE");
      BangerException refusal =
          catchThrowableOfType(
              BangerException.class,
              () -> database.write(connection -> insertCursor(connection, "x", 1)));
      assertThat(refusal.kind()).isEqualTo(ErrorKind.HOST);
      assertThat(refusal).hasMessage("the database " + file + " is locked by another program");
      assertThat(refusal.hint()).isEqualTo("find it with: fuser -v " + file);
      statement.execute("ROLLBACK");
      database.write(connection -> insertCursor(connection, "x", 1));
      assertThat(count(database)).isEqualTo(1);
    }
  }

  @Test
  void aFullDiskIsReportedAsSuchAndTheDatabaseStaysWhole() throws Exception {
    try (Database database = Database.open(file)) {
      BangerException refusal =
          catchThrowableOfType(
              BangerException.class,
              () ->
                  database.write(
                      connection -> {
                        // What SQLite answers when the file cannot grow, without filling a disk.
                        Connections.number(connection, "PRAGMA max_page_count=1");
                        for (int i = 0; i < 5000; i++) {
                          insertCursor(connection, "row-" + i, i);
                        }
                        return null;
                      }));
      assertThat(refusal.kind()).isEqualTo(ErrorKind.HOST);
      assertThat(refusal).hasMessageStartingWith("no space is left for the database");
      assertThat(count(database)).isZero();
    }
  }

  @Test
  void aDirectoryInPlaceOfTheFileIsReported() throws Exception {
    Files.createDirectories(file);
    assertThat(refusal()).hasMessageContaining(file.toString());
  }

  @Test
  void aPlaceWhereNothingCanBeWrittenIsReported() {
    Path impossible = Path.of("/proc/banger/banger.db");
    assertThatThrownBy(() -> Database.open(impossible).close())
        .isInstanceOfSatisfying(
            BangerException.class, e -> assertThat(e.kind()).isEqualTo(ErrorKind.HOST))
        .hasMessageContaining("cannot open the database " + impossible);
  }

  private BangerException refusal() {
    return catchThrowableOfType(BangerException.class, () -> Database.open(file).close());
  }

  private static Void insertCursor(Connection connection, String name, long value)
      throws SQLException {
    Cursors.set(connection, name, value);
    return null;
  }

  private static long count(Database database) {
    return database.read(
        connection -> Connections.number(connection, "SELECT count(*) FROM cursors"));
  }

  private static String mode(Path path) {
    try {
      return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void await(CyclicBarrier barrier) {
    try {
      barrier.await();
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
