package dev.banger.core.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.banger.core.lifecycle.OperationStore.FinishedOperation;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SqliteOperationStoreTest {
  @TempDir Path temp;
  private Database database;
  private SqliteOperationStore store;

  @BeforeEach
  void open() {
    database = Database.open(temp.resolve("banger.db"));
    store = new SqliteOperationStore(database);
  }

  @AfterEach
  void close() {
    database.close();
  }

  @Test
  void numbersStartAtOneAndGoOnAfterARestart() {
    assertThat(store.nextOperationNumber()).isEqualTo(1);
    assertThat(store.nextOperationNumber()).isEqualTo(2);
    database.close();
    open();
    assertThat(store.nextOperationNumber()).isEqualTo(3);
  }

  @Test
  void noNumberIsGivenTwice() {
    Set<Long> given = ConcurrentHashMap.newKeySet();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < 40; i++) {
        threads.execute(() -> given.add(store.nextOperationNumber()));
      }
    }
    assertThat(given).hasSize(40);
  }

  @Test
  void aFinishedOperationIsFoundAfterARestart() {
    FinishedOperation operation = operation("op-1", "[{\"stage\":\"ready\"}]");
    store.save(operation);
    database.close();
    open();
    assertThat(store.find("op-1")).contains(operation);
    assertThat(store.find("op-2")).isEmpty();
  }

  @Test
  void onlyTheLatestAreKept() {
    for (int i = 1; i <= SqliteOperationStore.KEPT + 7; i++) {
      store.save(operation("op-" + i, "[]"));
    }
    assertThat(store.recent(10_000)).hasSize(SqliteOperationStore.KEPT);
    assertThat(store.recent(2))
        .extracting(FinishedOperation::id)
        .containsExactly("op-507", "op-506");
    assertThat(store.find("op-7")).isEmpty();
    assertThat(store.find("op-8")).isPresent();
  }

  @Test
  void savingAgainReplaces() {
    store.save(operation("op-1", "[]"));
    FinishedOperation second = operation("op-1", "[{}]");
    store.save(second);
    assertThat(store.recent(10)).containsExactly(second);
  }

  @Test
  void aFloodOfStagesIsNotKeptButTheOperationIs() {
    store.save(operation("op-1", "[" + "1,".repeat(SqliteOperationStore.MAX_STAGES) + "1]"));
    assertThat(store.find("op-1").orElseThrow().stagesJson()).contains("too many stages");
  }

  private static FinishedOperation operation(String id, String stages) {
    return new FinishedOperation(
        id,
        "vm.create",
        "web",
        "done",
        Instant.parse("2026-01-02T03:04:05Z"),
        Instant.parse("2026-01-02T03:04:06.5Z"),
        "",
        stages);
  }
}
