package dev.banger.core.store;

import static dev.banger.core.store.StepFixtures.step;
import static dev.banger.core.store.StoreFixtures.draft;
import static dev.banger.core.store.StoreFixtures.tamper;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.banger.core.lifecycle.VmStore;
import dev.banger.core.model.BangerException;
import dev.banger.core.model.ErrorKind;
import dev.banger.core.model.VmId;
import dev.banger.core.model.VmRecord;
import dev.banger.core.model.VmSpec;
import dev.banger.core.model.VmState;
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
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SqliteVmStoreTest {
  @TempDir Path temp;
  private Path file;
  private Database database;
  private VmStore store;

  @BeforeEach
  void open() {
    file = temp.resolve("banger.db");
    database = Database.open(file);
    store = new SqliteVmStore(database);
  }

  @AfterEach
  void close() {
    database.close();
  }

  @Test
  void whatIsInsertedComesBackToTheNanosecond() {
    VmRecord stored = store.insert(draft("web"));
    assertThat(store.find(stored.id())).contains(stored);
    assertThat(store.list().vms()).containsExactly(stored);
    assertThat(stored.address()).startsWith("127.77.");
    assertThat(stored.cid()).isGreaterThanOrEqualTo(3);
  }

  @Test
  void recordsSurviveReopening() {
    VmRecord stored = store.insert(draft("web"));
    database.close();
    open();
    assertThat(store.find(stored.id())).contains(stored);
  }

  @Test
  void everythingThatMayChangeIsUpdated() {
    VmRecord stored = store.insert(draft("web"));
    VmSpec other =
        new VmSpec("api", "tiny", 4, 512, 9000, 5000, false, "qemu", Map.of("a\"b", "\u00e9\n"));
    VmRecord changed =
        stored
            .withSpec(other)
            .withState(new VmState.Failed("the guest's kernel panicked"))
            .withStartedAt(Instant.parse("2026-02-03T04:05:06.000000007Z"))
            .withLastError("boom");
    store.update(changed);
    assertThat(store.find(stored.id())).contains(changed);
  }

  @Test
  void anUpdateOfADeletedVmIsRefusedAndBringsNothingBack() {
    VmRecord stored = store.insert(draft("web"));
    store.delete(stored.id());
    assertThatThrownBy(() -> store.update(stored))
        .isInstanceOfSatisfying(
            BangerException.class, e -> assertThat(e.kind()).isEqualTo(ErrorKind.NOT_FOUND));
    assertThat(store.list().vms()).isEmpty();
  }

  @Test
  void deletingTwiceSucceeds() {
    VmRecord stored = store.insert(draft("web"));
    store.delete(stored.id());
    store.delete(stored.id());
    assertThat(store.find(stored.id())).isEmpty();
  }

  @Test
  void aTakenNameIsAConflictThatSaysWhoHasIt() {
    VmRecord first = store.insert(draft("web"));
    BangerException refusal =
        catchThrowableOfType(BangerException.class, () -> store.insert(draft("web")));
    assertThat(refusal.kind()).isEqualTo(ErrorKind.CONFLICT);
    assertThat(refusal).hasMessage("there is a VM named web already (" + first.id() + ", stopped)");
    assertThat(refusal.hint()).isEqualTo("choose another name, or: banger vm delete web");
    assertThat(store.list().vms()).containsExactly(first);
  }

  @Test
  void renamingOntoATakenNameIsAConflict() {
    VmRecord web = store.insert(draft("web"));
    VmRecord api = store.insert(draft("api"));
    assertThatThrownBy(() -> store.update(api.withSpec(web.spec())))
        .isInstanceOfSatisfying(
            BangerException.class, e -> assertThat(e.kind()).isEqualTo(ErrorKind.CONFLICT));
  }

  @Test
  void fiftyInsertsAtOnceGetFiftyAddressesAndContextIds() throws Exception {
    List<Callable<VmRecord>> inserts = new ArrayList<>();
    for (int i = 0; i < 50; i++) {
      VmRecord draft = draft("vm-" + i);
      inserts.add(() -> store.insert(draft));
    }
    List<VmRecord> stored = new ArrayList<>();
    for (Future<VmRecord> each : atOnce(inserts)) {
      stored.add(each.get());
    }
    assertThat(stored).extracting(VmRecord::address).doesNotHaveDuplicates();
    assertThat(stored).extracting(VmRecord::cid).doesNotHaveDuplicates();
    assertThat(store.list().vms()).containsExactlyInAnyOrderElementsOf(stored);
  }

  @Test
  void ofTwentyInsertsOfOneNameExactlyOneWins() throws Exception {
    List<Callable<VmRecord>> inserts = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      inserts.add(() -> store.insert(draft("web")));
    }
    int won = 0;
    for (Future<VmRecord> each : atOnce(inserts)) {
      if (each.state() == Future.State.SUCCESS) {
        won++;
      } else {
        assertThat(each.exceptionNow())
            .isInstanceOfSatisfying(
                BangerException.class, e -> assertThat(e.kind()).isEqualTo(ErrorKind.CONFLICT));
      }
    }
    assertThat(won).isEqualTo(1);
    assertThat(store.list().vms()).hasSize(1);
  }

  @Test
  void whatWasFreedIsNotHandedOutNext() {
    VmRecord first = store.insert(draft("first"));
    store.delete(first.id());
    database.close();
    open();
    VmRecord second = store.insert(draft("second"));
    assertThat(second.address()).isNotEqualTo(first.address());
    assertThat(second.cid()).isNotEqualTo(first.cid());
  }

  @Test
  void anAddressStaysTakenWhileAStepOfItsDeletedVmHoldsSomething() {
    SqliteJournal journal = new SqliteJournal(database);
    store.insert(draft("first"));
    VmRecord held = store.insert(draft("held"));
    long step = journal.begin(step(stored(held), "nat", "rules"));
    VmRecord shown = store.insert(draft("shown"));
    long skipped = journal.begin(step(stored(shown), "nat", "rules"));
    journal.settle(
        skipped,
        JournalRow.State.SKIPPED,
        Optional.empty(),
        "",
        "",
        Duration.ZERO,
        StepFixtures.run("skipped"));
    store.delete(held.id());
    store.delete(shown.id());

    nextAddressFrom(held);
    assertThat(store.insert(draft("second")).address()).isEqualTo(shown.address());
    journal.close(step, Optional.empty());
    nextAddressFrom(held);
    assertThat(store.insert(draft("third")).address()).isEqualTo(held.address());
  }

  @Test
  void aDeletedVmTakesItsEndpointsAlongButNotWhatIsStillOpen() {
    SqliteJournal journal = new SqliteJournal(database);
    VmRecord web = store.insert(draft("web"));
    VmRecord api = store.insert(draft("api"));
    Endpoint endpoint = new Endpoint("ports", "http", "http://127.77.0.5:8080");
    journal.endpoints(web.id().value(), List.of(endpoint));
    journal.endpoints(api.id().value(), List.of(endpoint));
    long step = journal.begin(step(stored(web), "nat", "rules"));

    store.delete(web.id());

    assertThat(journal.endpoints(web.id().value())).isEmpty();
    assertThat(journal.endpoints(api.id().value())).containsExactly(endpoint);
    assertThat(journal.open()).extracting(JournalRow::id).containsExactly(step);
    assertThat(journal.open()).extracting(JournalRow::vm).containsExactly(stored(web));
  }

  private static StoredVm stored(VmRecord vm) {
    return StepFixtures.vm(vm.id().value(), vm.name(), vm.address());
  }

  /** As if all other addresses had had their turn. */
  private void nextAddressFrom(VmRecord vm) {
    database.write(
        connection -> {
          for (long n = Addresses.POOL.first(); n <= Addresses.POOL.last(); n++) {
            if (Addresses.of(n).equals(vm.address())) {
              Cursors.set(connection, "address", n - 1);
            }
          }
          return null;
        });
  }

  @ParameterizedTest
  @CsvSource({
    "state, UPDATE vms SET state = 'levitating', levitating",
    "labels, UPDATE vms SET labels = '{\"a\":', not JSON",
    "labels, UPDATE vms SET labels = '[1]', not an object of strings",
    "created_at, UPDATE vms SET created_at = 'yesterday', yesterday",
    "started_at, UPDATE vms SET started_at = 'soon', soon",
    "cpus, UPDATE vms SET cpus = 4294967298, too large",
    "address, UPDATE vms SET address = '10.0.0.1; rm -rf', not an address",
    "id, UPDATE vms SET id = 'web', not a VM id",
  })
  void aRowThatMakesNoSenseIsReportedAndHidesNoOther(String column, String damage, String why)
      throws Exception {
    VmRecord broken = store.insert(draft("broken"));
    VmRecord fine = store.insert(draft("fine"));
    tamper(file, damage + " WHERE id = '" + broken.id() + "'");

    VmStore.Listing listing = store.list();

    assertThat(listing.vms()).containsExactly(fine);
    assertThat(listing.broken())
        .singleElement()
        .satisfies(
            row -> {
              assertThat(row.id()).isEqualTo(column.equals("id") ? "web" : broken.id().value());
              assertThat(row.reason()).startsWith(column + ": ").contains(why);
            });
  }

  @Test
  void findingABrokenRowSaysWhatIsWrongAndUpdatingItMendsIt() throws Exception {
    VmRecord vm = store.insert(draft("web"));
    tamper(file, "UPDATE vms SET state = 'levitating'");
    assertThatThrownBy(() -> store.find(vm.id()))
        .isInstanceOf(BangerException.class)
        .hasMessageContaining(vm.id().value())
        .hasMessageContaining("levitating");
    store.update(vm);
    assertThat(store.find(vm.id())).contains(vm);
  }

  @Test
  void anIdThatIsNotThereIsNotFound() {
    assertThat(store.find(VmId.random())).isEmpty();
  }

  private static <T> List<Future<T>> atOnce(List<Callable<T>> tasks) {
    CountDownLatch go = new CountDownLatch(1);
    List<Future<T>> results = new ArrayList<>();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (Callable<T> task : tasks) {
        results.add(
            threads.submit(
                () -> {
                  go.await();
                  return task.call();
                }));
      }
      go.countDown();
    }
    return results;
  }
}
