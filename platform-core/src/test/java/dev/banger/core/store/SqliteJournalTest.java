package dev.banger.core.store;

import static dev.banger.core.store.StepFixtures.AT;
import static dev.banger.core.store.StepFixtures.WEB;
import static dev.banger.core.store.StepFixtures.run;
import static dev.banger.core.store.StepFixtures.step;
import static dev.banger.core.store.StepFixtures.vm;
import static dev.banger.core.store.StoreFixtures.tamper;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.banger.api.CapabilityException;
import dev.banger.api.FailureKind;
import dev.banger.hooks.HookRun;
import dev.banger.hooks.Journal.Endpoint;
import dev.banger.hooks.JournalRow;
import dev.banger.hooks.StoredVm;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class SqliteJournalTest {
  private static final Duration TOOK = Duration.ofNanos(2_100_000_001);

  @TempDir Path temp;
  private Path file;
  private Database database;
  private SqliteJournal journal;

  @BeforeEach
  void open() {
    file = temp.resolve("banger.db");
    database = Database.open(file);
    journal = new SqliteJournal(database);
  }

  @AfterEach
  void close() {
    database.close();
  }

  private void reopen() {
    database.close();
    open();
  }

  @Test
  void whatWasBegunComesBackWholeAfterARestart() {
    JournalRow begun = step(WEB, "nat", "rules");
    long id = journal.begin(begun);
    reopen();
    assertThat(journal.open())
        .singleElement()
        .satisfies(
            row -> {
              assertThat(row.id()).isEqualTo(id);
              assertThat(row).usingRecursiveComparison().ignoringFields("id").isEqualTo(begun);
            });
    assertThat(journal.open(WEB.id())).isEqualTo(journal.open());
    assertThat(journal.open("ffffffffffff")).isEmpty();
  }

  @Test
  void whatWasIntendedIsThereWhenTheDaemonEndsBeforeTheStepDoes() {
    long id = journal.begin(step(WEB, "nat", "rules"));
    journal.intend(id, "{\"table\":\"a\"}");
    journal.intend(id, "{\"table\":\"b\",\"odd\":\"\\u0000\\ud800 \u00e9\"}");
    reopen();
    assertThat(only().receiptJson())
        .contains("{\"table\":\"b\",\"odd\":\"\\u0000\\ud800 \u00e9\"}");
    assertThat(only().state()).isEqualTo(JournalRow.State.STARTING);
  }

  @Test
  void aSettledStepKeepsItsReceiptUnlessThereIsAnother() {
    long id = journal.begin(step(WEB, "nat", "rules"));
    journal.intend(id, "{\"n\":1}");
    settle(id, JournalRow.State.STARTED, Optional.empty());
    assertThat(only().receiptJson()).contains("{\"n\":1}");
    settle(id, JournalRow.State.STARTED, Optional.of("{\"n\":2}"));
    reopen();
    assertThat(only().receiptJson()).contains("{\"n\":2}");
    assertThat(only().note()).isEqualTo("2 rules");
    assertThat(only().reason()).isEqualTo("half of them");
    assertThat(only().took()).isEqualTo(TOOK);
    assertThat(messages()).containsExactly("settled", "settled");
  }

  @Test
  void aStopThatFailsIsCountedUntilTheStepIsSettledAgain() {
    long id = journal.begin(step(WEB, "nat", "rules"));
    journal.stopFailed(id, "nft hangs", AT.plusSeconds(1), run("first"));
    journal.stopFailed(id, "nft hangs still", AT.plusSeconds(3), run("second"));
    reopen();
    assertThat(only().state()).isEqualTo(JournalRow.State.STOP_FAILED);
    assertThat(only().reason()).isEqualTo("nft hangs still");
    assertThat(only().attempts()).isEqualTo(2);
    assertThat(only().retryAt()).contains(AT.plusSeconds(3));
    assertThat(messages()).containsExactly("first", "second");

    settle(id, JournalRow.State.STARTED, Optional.empty());
    assertThat(only().attempts()).isZero();
    assertThat(only().retryAt()).isEmpty();
  }

  @Test
  void aClosedStepIsGoneAndItsNumberIsNeverUsedAgain() {
    long id = journal.begin(step(WEB, "nat", "rules"));
    journal.close(id, Optional.of(run("released")));
    journal.close(id, Optional.empty());
    reopen();
    assertThat(journal.open()).isEmpty();
    assertThat(messages()).containsExactly("released");
    assertThat(journal.begin(step(WEB, "nat", "rules"))).isGreaterThan(id);
  }

  @ParameterizedTest
  @EnumSource(JournalRow.State.class)
  void aStepIsBegunAgainOnlyWhereNothingIsHeld(JournalRow.State state) {
    long first = journal.begin(step(WEB, "nat", "rules"));
    switch (state) {
      case STARTING -> {}
      case STARTED, SKIPPED, FAILED -> settle(first, state, Optional.empty());
      case STOP_FAILED -> journal.stopFailed(first, "hangs", AT, run("failed"));
    }
    JournalRow again = step(WEB, "nat", "rules");
    if (state.holds()) {
      CapabilityException refusal =
          catchThrowableOfType(CapabilityException.class, () -> journal.begin(again));
      assertThat(refusal.kind()).isEqualTo(FailureKind.INTERNAL);
      assertThat(refusal)
          .hasMessage("nat 1.2.0, step rules of vm \"web\" is begun and not stopped yet");
      assertThat(only().id()).isEqualTo(first);
      assertThat(only().state()).isEqualTo(state);
    } else {
      long second = journal.begin(again);
      assertThat(second).isGreaterThan(first);
      assertThat(only().id()).isEqualTo(second);
      assertThat(only().state()).isEqualTo(JournalRow.State.STARTING);
    }
  }

  @Test
  void stepsOfOtherVmsAndPluginsAreOthers() {
    StoredVm api = vm("ba9876543210", "api", "127.77.0.6");
    long first = journal.begin(step(WEB, "nat", "rules"));
    long second = journal.begin(step(api, "nat", "rules"));
    long third = journal.begin(step(WEB, "dns", "rules"));
    long fourth = journal.begin(step(WEB, "nat", "tap"));
    assertThat(journal.open())
        .extracting(JournalRow::id)
        .containsExactly(first, second, third, fourth);
    assertThat(journal.open(WEB.id()))
        .extracting(JournalRow::id)
        .containsExactly(first, third, fourth);
  }

  @Test
  void aChangeOfARowThatIsNotThereIsRefusedAndLeavesNoHistory() {
    HookRun run = run("never happened");
    assertThatThrownBy(() -> journal.intend(7, "{}"))
        .isInstanceOf(CapabilityException.class)
        .hasMessage("the journal has no row 7");
    assertThatThrownBy(() -> settle(7, JournalRow.State.STARTED, Optional.empty()))
        .hasMessage("the journal has no row 7");
    assertThatThrownBy(() -> journal.stopFailed(7, "", AT, run))
        .hasMessage("the journal has no row 7");
    assertThat(messages()).isEmpty();
  }

  @ParameterizedTest
  @EnumSource(
      value = JournalRow.State.class,
      names = {"STARTING", "STOP_FAILED"})
  void aStartEndsOnlyInWaysThatAStartCanEnd(JournalRow.State state) {
    long id = journal.begin(step(WEB, "nat", "rules"));
    assertThatThrownBy(() -> settle(id, state, Optional.empty()))
        .isInstanceOf(IllegalArgumentException.class);
    assertThat(only().state()).isEqualTo(JournalRow.State.STARTING);
  }

  @Test
  void stepsOfManyVmsAtOnceAllGetTheirRow() throws Exception {
    List<Future<List<Long>>> starts = new ArrayList<>();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < 20; i++) {
        StoredVm vm = vm("%012x".formatted(i), "vm-" + i, "127.77.1." + (i + 1));
        starts.add(threads.submit(() -> startThenStopHalf(vm)));
      }
    }
    List<Long> kept = new ArrayList<>();
    for (Future<List<Long>> start : starts) {
      kept.addAll(start.get());
    }
    assertThat(journal.open())
        .extracting(JournalRow::id)
        .isSorted()
        .containsExactlyInAnyOrderElementsOf(kept);
    assertThat(journal.runs(Optional.empty(), Optional.empty(), 1000)).hasSize(20 * 6);
  }

  private List<Long> startThenStopHalf(StoredVm vm) {
    List<Long> kept = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      long id = journal.begin(step(vm, "nat", "step-" + i));
      journal.intend(id, "{\"i\":" + i + "}");
      settle(id, JournalRow.State.STARTED, Optional.empty());
      if (i % 2 == 0) {
        journal.close(id, Optional.of(run("op-42", vm.id(), "released")));
      } else {
        kept.add(id);
      }
    }
    assertThat(journal.open(vm.id())).extracting(JournalRow::id).isEqualTo(kept);
    return kept;
  }

  @Test
  void historyIsFoundByOperationAndVmOldestFirst() {
    journal.record(run("op-1", "aaaaaaaaaaaa", "one"));
    journal.record(run("op-1", "bbbbbbbbbbbb", "two"));
    journal.record(run("op-2", "aaaaaaaaaaaa", "three"));
    journal.record(run("op-2", "aaaaaaaaaaaa", "four"));
    reopen();
    assertThat(messages(Optional.empty(), Optional.empty(), 3))
        .containsExactly("two", "three", "four");
    assertThat(messages(Optional.of("op-1"), Optional.empty(), 10)).containsExactly("one", "two");
    assertThat(messages(Optional.empty(), Optional.of("aaaaaaaaaaaa"), 2))
        .containsExactly("three", "four");
    assertThat(messages(Optional.of("op-2"), Optional.of("bbbbbbbbbbbb"), 10)).isEmpty();
    assertThat(messages(Optional.of("op-1' OR 1=1 --"), Optional.empty(), 10)).isEmpty();
    assertThat(messages(Optional.empty(), Optional.empty(), 0)).isEmpty();
    assertThat(messages(Optional.empty(), Optional.empty(), -1)).isEmpty();
    assertThat(journal.runs(Optional.empty(), Optional.empty(), 1))
        .containsExactly(run("op-2", "aaaaaaaaaaaa", "four"));
  }

  @Test
  void historyIsBounded() {
    database.write(
        connection -> {
          for (int i = 0; i < RunRows.KEPT + 3 * RunRows.SLACK; i++) {
            RunRows.add(connection, run("call " + i));
          }
          return null;
        });
    List<String> kept = messages(Optional.empty(), Optional.empty(), Integer.MAX_VALUE);
    assertThat(kept).hasSizeBetween(RunRows.KEPT, RunRows.KEPT + RunRows.SLACK);
    assertThat(kept.getLast()).isEqualTo("call " + (RunRows.KEPT + 3 * RunRows.SLACK - 1));
  }

  @Test
  void aLongMessageIsCutInHistory() {
    journal.record(run("x".repeat(RunRows.LONGEST + 1)));
    assertThat(messages().getFirst()).hasSize(RunRows.LONGEST + 3).endsWith("x...");
  }

  @Test
  void endpointsAreReplacedAsAWholeAndKeepTheirOrder() {
    Endpoint ssh = new Endpoint("ssh", "ssh", "ssh://root@127.77.0.5");
    Endpoint web = new Endpoint("ports", "http", "http://127.77.0.5:8080");
    journal.endpoints(WEB.id(), List.of(web, ssh));
    journal.endpoints("ffffffffffff", List.of(ssh));
    reopen();
    assertThat(journal.endpoints(WEB.id())).containsExactly(web, ssh);
    assertThat(journal.endpoints())
        .isEqualTo(Map.of(WEB.id(), List.of(web, ssh), "ffffffffffff", List.of(ssh)));
    journal.endpoints(WEB.id(), List.of(ssh));
    assertThat(journal.endpoints(WEB.id())).containsExactly(ssh);
    journal.endpoints(WEB.id(), List.of());
    assertThat(journal.endpoints(WEB.id())).isEmpty();
    assertThat(journal.endpoints("ffffffffffff")).containsExactly(ssh);
  }

  @ParameterizedTest
  @ValueSource(strings = {"{\"a\":", "[1]", "42", "", "{} {}"})
  void aReceiptThatIsNoJsonObjectIsLeftOutAndTheStepIsStillStopped(String receipt)
      throws Exception {
    long id = journal.begin(step(WEB, "nat", "rules"));
    journal.intend(id, "{\"n\":1}");
    tamper(file, "UPDATE hook_steps SET receipt = '" + receipt + "'");
    assertThat(only().id()).isEqualTo(id);
    assertThat(only().receiptJson()).isEmpty();
    journal.close(id, Optional.empty());
    assertThat(journal.open()).isEmpty();
  }

  @Test
  void aReceiptNestedWithoutEndIsLeftOut() throws Exception {
    journal.begin(step(WEB, "nat", "rules"));
    tamper(file, "UPDATE hook_steps SET receipt = '" + "{\"a\":".repeat(100_000) + "'");
    assertThat(only().receiptJson()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "state = 'levitating'",
        "phase = 'later'",
        "policy = ''",
        "after = '{}'",
        "after = '[1]'",
        "vm = '{\"id\":'",
        "vm = '{\"id\":\"0123456789ab\"}'",
        "vm_id = 'ffffffffffff'",
        "started_at = 'yesterday'",
        "retry_at = 'soon'",
        "took = 'P9999999999999999999D'",
        "attempts = 4294967296",
        "receipt_version = -9223372036854775808",
      })
  void aRowThatMakesNoSenseIsKeptAndHidesNoOther(String damage) throws Exception {
    long broken = journal.begin(step(WEB, "broken", "step"));
    long fine = journal.begin(step(WEB, "fine", "step"));
    tamper(file, "UPDATE hook_steps SET " + damage + " WHERE id = " + broken);
    assertThat(journal.open()).extracting(JournalRow::id).containsExactly(fine);
    assertThat(journal.open(WEB.id())).extracting(JournalRow::id).containsExactly(fine);
    reopen();
    assertThat(journal.open()).extracting(JournalRow::id).containsExactly(fine);
    assertThat(stored()).isEqualTo(2);
    journal.close(broken, Optional.empty());
    assertThat(stored()).isEqualTo(1);
  }

  @Test
  void aStepIsNotBegunOverARowThatCannotBeRead() throws Exception {
    journal.begin(step(WEB, "nat", "rules"));
    tamper(file, "UPDATE hook_steps SET state = 'levitating'");
    CapabilityException refusal =
        catchThrowableOfType(
            CapabilityException.class, () -> journal.begin(step(WEB, "nat", "rules")));
    assertThat(refusal.kind()).isEqualTo(FailureKind.HOST);
    assertThat(refusal)
        .hasMessageContaining("nat 1.2.0, step rules of vm \"web\"")
        .hasMessageContaining("state: unknown: levitating");
    assertThat(stored()).isEqualTo(1);
  }

  @Test
  void historyThatMakesNoSenseIsLeftOut() throws Exception {
    journal.record(run("broken"));
    journal.record(run("fine"));
    tamper(file, "UPDATE hook_runs SET took = 'long' WHERE message = 'broken'");
    assertThat(messages()).containsExactly("fine");
  }

  @Test
  void textOfPluginsIsDataAndNothingElse() {
    String hostile = "'); DROP TABLE hook_steps; -- \u0000 \ud83d\ude00 \u001b[31m";
    StoredVm vm = vm(WEB.id(), hostile, WEB.address());
    long id = journal.begin(step(vm, "nat", hostile));
    journal.settle(
        id, JournalRow.State.STARTED, Optional.empty(), hostile, hostile, TOOK, run(hostile));
    assertThat(only().vm()).isEqualTo(vm);
    assertThat(only().step()).isEqualTo(hostile);
    assertThat(only().note()).isEqualTo(hostile);
    assertThat(only().reason()).isEqualTo(hostile);
    assertThat(messages()).containsExactly(hostile);
  }

  @Test
  void theFarEndsOfTimeAreStored() {
    long id = journal.begin(step(WEB, "nat", "rules"));
    journal.stopFailed(id, "", Instant.MAX, run(""));
    assertThat(only().retryAt()).contains(Instant.MAX);
  }

  @Test
  void aClosedDatabaseIsToldInTheWordsOfTheApi() {
    database.close();
    CapabilityException told = catchThrowableOfType(CapabilityException.class, journal::open);
    assertThat(told.kind()).isEqualTo(FailureKind.HOST);
    assertThat(told).hasMessageContaining(file + " is closed");
  }

  private void settle(long id, JournalRow.State state, Optional<String> receipt) {
    journal.settle(id, state, receipt, "2 rules", "half of them", TOOK, run("settled"));
  }

  private JournalRow only() {
    assertThat(journal.open()).hasSize(1);
    return journal.open().getFirst();
  }

  private List<String> messages() {
    return messages(Optional.empty(), Optional.empty(), 1000);
  }

  private List<String> messages(Optional<String> operation, Optional<String> vm, int limit) {
    return journal.runs(operation, vm, limit).stream().map(HookRun::message).toList();
  }

  private long stored() {
    return database.read(
        connection -> Connections.number(connection, "SELECT count(*) FROM hook_steps"));
  }
}
