package dev.banger.core.store;

import static dev.banger.core.store.StepFixtures.WEB;
import static dev.banger.core.store.StepFixtures.step;
import static dev.banger.core.store.StepFixtures.vm;
import static dev.banger.core.store.StoreFixtures.draft;
import static dev.banger.core.store.StoreFixtures.tamper;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.banger.api.CapabilityException;
import dev.banger.api.FailureKind;
import dev.banger.api.PluginStore;
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
import org.junit.jupiter.params.provider.ValueSource;

class SqlitePluginStoreTest {
  @TempDir Path temp;
  private Path file;
  private Database database;
  private SqlitePluginStore stores;
  private PluginStore store;

  record Text(String text) {}

  record Count(long n) {}

  enum Colour {
    RED
  }

  record Everything(
      String text,
      boolean truth,
      int number,
      long large,
      double fraction,
      Duration length,
      Instant at,
      Path path,
      Colour colour,
      Optional<Text> some,
      Optional<String> none,
      List<Count> list,
      Map<String, Double> map) {}

  @BeforeEach
  void open() {
    file = temp.resolve("banger.db");
    database = Database.open(file);
    stores = new SqlitePluginStore(database);
    store = stores.of("nat");
  }

  @AfterEach
  void close() {
    database.close();
  }

  @Test
  void aValueOfEveryKindComesBackAfterARestart() {
    Everything value =
        new Everything(
            "a\"b\\\u0000\n\u00e9\ud83d\ude00\ud800",
            true,
            Integer.MIN_VALUE,
            Long.MAX_VALUE,
            1e300,
            Duration.ofNanos(-1),
            Instant.MIN,
            Path.of("/a b/c"),
            Colour.RED,
            Optional.of(new Text("")),
            Optional.empty(),
            List.of(new Count(1), new Count(2)),
            Map.of("small", Double.MIN_VALUE, "whole", 3.0, "large", 1e18));
    store.put("k", value);
    database.close();
    open();
    assertThat(store.get("k", Everything.class)).contains(value);
    assertThat(store.get("other", Everything.class)).isEmpty();
  }

  @Test
  void theLastValueWinsAndADeletedOneIsGone() {
    store.put("k", new Text("first"));
    store.put("k", new Text("second"));
    assertThat(store.get("k", Text.class)).contains(new Text("second"));
    store.delete("k");
    store.delete("k");
    assertThat(store.get("k", Text.class)).isEmpty();
  }

  @Test
  void pluginsDoNotSeeEachOther() {
    store.put("k", new Text("nat"));
    stores.of("dns").put("k", new Text("dns"));
    assertThat(store.get("k", Text.class)).contains(new Text("nat"));
    stores.purge("nat");
    assertThat(store.get("k", Text.class)).isEmpty();
    assertThat(stores.of("dns").keys("")).containsExactly("k");
  }

  @Test
  void whatBelongsToAVmIsAPartOfItsOwnAndIsDroppedWithTheVm() {
    StoredVm api = vm("ba9876543210", "api", "127.77.0.6");
    store.put("k", new Text("none"));
    store.of(WEB).put("k", new Text("web"));
    store.of(api).put("k", new Text("api"));
    store.of(WEB).put("only", new Text("web"));
    assertThat(store.keys("")).containsExactly("k");
    assertThat(store.of(WEB).keys("")).containsExactly("k", "only");
    assertThat(store.of(api).of(WEB).get("k", Text.class)).contains(new Text("web"));

    stores.dropVm(WEB.id());

    assertThat(store.of(WEB).keys("")).isEmpty();
    assertThat(store.of(api).get("k", Text.class)).contains(new Text("api"));
    assertThat(store.get("k", Text.class)).contains(new Text("none"));
    assertThatThrownBy(() -> stores.dropVm("")).isInstanceOf(IllegalArgumentException.class);
    assertThat(store.keys("")).containsExactly("k");
  }

  @Test
  void whatADeletionLeftBehindIsDroppedUnlessAStepIsStillOpen() {
    StoredVm kept =
        vm(new SqliteVmStore(database).insert(draft("kept")).id().value(), "kept", "127.77.0.9");
    StoredVm gone = vm("ba9876543210", "gone", "127.77.0.6");
    new SqliteJournal(database).begin(step(WEB, "nat", "rules"));
    for (StoredVm vm : List.of(kept, gone, WEB)) {
      store.of(vm).put("k", new Text(vm.name()));
    }
    store.put("k", new Text("of no VM"));
    assertThat(stores.dropOrphans()).isEqualTo(1);
    assertThat(store.of(gone).keys("")).isEmpty();
    assertThat(store.of(kept).keys("")).hasSize(1);
    assertThat(store.of(WEB).keys("")).hasSize(1);
    assertThat(store.keys("")).hasSize(1);
  }

  @Test
  void keysAreFoundByTheirBeginningInOrder() {
    for (String key : List.of("b", "a/2", "a/10", "a", "a/~", "A/1", "a%", "a_x", "z\"'")) {
      store.put(key, new Text(""));
    }
    assertThat(store.keys("a/")).containsExactly("a/10", "a/2", "a/~");
    assertThat(store.keys("a%")).containsExactly("a%");
    assertThat(store.keys("a_")).containsExactly("a_x");
    assertThat(store.keys("")).hasSize(9).isSorted();
    assertThat(store.keys("nothing")).isEmpty();
    assertInvalid(() -> store.keys("a b"));
    assertInvalid(() -> store.keys("x".repeat(201)));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " ", "a b", "\u00e9", "a\n", "a\u0000", "\u007f"})
  void aKeyThatIsNotPrintableIsRefused(String key) {
    assertInvalid(() -> store.put(key, new Text("")));
    assertInvalid(() -> store.get(key, Text.class));
    assertInvalid(() -> store.delete(key));
  }

  @Test
  void keysHaveALength() {
    store.put("x".repeat(200), new Text(""));
    assertThat(store.keys("x".repeat(200))).hasSize(1);
    CapabilityException refusal = assertInvalid(() -> store.put("x".repeat(5000), new Text("")));
    assertThat(refusal.getMessage()).hasSizeLessThan(400).contains("at most 200");
  }

  @Test
  void aValueHasASize() {
    int overhead = "{\"text\":\"\"}".length();
    store.put("k", new Text("x".repeat(PluginValues.MAX_VALUE_BYTES - overhead)));
    assertThat(
            assertInvalid(() -> store.put("k", new Text("x".repeat(PluginValues.MAX_VALUE_BYTES)))))
        .hasMessageContaining("65,547 bytes")
        .hasMessageContaining("65,536");
    // In bytes, not characters.
    assertInvalid(() -> store.put("k", new Text("\u00e9".repeat(40_000))));
    assertThat(store.get("k", Text.class)).isPresent();
  }

  @Test
  void aPluginHasRoomForSoManyValuesInAllItsVms() throws Exception {
    tamper(
        file,
        """
        WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 9999)
        INSERT INTO plugin_values SELECT 'nat', CASE i % 2 WHEN 0 THEN '' ELSE '0123456789ab' END,
                                         'k' || i, 12, '{"text":"x"}' FROM n
        """);
    store.put("last", new Text("x"));
    assertThat(assertFull(store, new Text("x")))
        .hasMessage("plugin nat has used up its room of 10,000 values in the store");
    assertFull(store.of(WEB), new Text("x"));
    store.put("last", new Text("replaced"));
    assertThat(store.get("last", Text.class)).contains(new Text("replaced"));
    stores.of("dns").put("k", new Text("has room of its own"));
    store.delete("k2");
    store.put("more", new Text("x"));
  }

  @Test
  void aPluginHasRoomForSoManyBytes() {
    Text large = new Text("x".repeat(65_000));
    int fit = (int) (PluginValues.MAX_BYTES / 65_011);
    for (int i = 0; i < fit; i++) {
      store.put("k" + i, large);
    }
    assertThat(assertFull(store, large)).hasMessageContaining("16 MiB");
    store.put("k0", large);
    assertThat(store.keys("")).hasSize(fit);
  }

  /** Nothing of a refused value is there, and nothing that was there is gone. */
  private CapabilityException assertFull(PluginStore part, Text value) {
    List<String> before = part.keys("");
    CapabilityException refusal =
        catchThrowableOfType(CapabilityException.class, () -> part.put("more", value));
    assertThat(refusal.kind()).isEqualTo(FailureKind.CONFLICT);
    assertThat(part.keys("")).isEqualTo(before);
    return refusal;
  }

  @Test
  void whatDoesNotFitTheTypeIsInvalidAndStays() {
    store.put("k", new Text("seven"));
    assertThat(assertInvalid(() -> store.get("k", Count.class)))
        .hasMessageContaining("\"k\" is no Count");
    assertThat(store.get("k", Text.class)).isPresent();
  }

  record Picky(String text) {
    Picky {
      if (text.equals("bad")) {
        throw new IllegalStateException("I do not like it");
      }
    }
  }

  @Test
  void aConstructorThatRefusesIsTold() {
    store.put("k", new Text("bad"));
    assertThat(assertInvalid(() -> store.get("k", Picky.class)))
        .hasMessageContaining("I do not like it");
  }

  record Unfit(Thread thread) {}

  record Endless(double number) {}

  @Test
  void whatIsNoPlainRecordIsNotStored() {
    assertInvalid(() -> store.put("k", null));
    assertInvalid(() -> store.put("k", new Text(null)));
    assertInvalid(() -> store.put("k", new Unfit(null)));
    assertInvalid(() -> store.put("k", new Endless(Double.NaN)));
    assertThat(store.keys("")).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "not json",
        "[]",
        "{\"n\":1e999999999}",
        "{\"n\":99999999999999999999}",
        "{\"n\":null}",
        "{\"n\":1,\"m\":2}"
      })
  void aValueThatWasDamagedIsInvalidForItselfAlone(String json) throws Exception {
    store.put("k", new Count(1));
    store.put("fine", new Count(2));
    tamper(file, "UPDATE plugin_values SET value = '" + json + "' WHERE key = 'k'");
    assertInvalid(() -> store.get("k", Count.class));
    assertInvalid(() -> store.get("k", Endless.class));
    assertThat(store.get("fine", Count.class)).contains(new Count(2));
    store.put("k", new Count(3));
    assertThat(store.get("k", Count.class)).contains(new Count(3));
  }

  @Test
  void aVmThatIsNoneIsRefused() {
    assertInvalid(() -> store.of(vm("", "none", "")));
    assertInvalid(() -> store.of(vm("../../etc", "none", "")));
  }

  @Test
  void manyWritersLoseNothing() throws Exception {
    List<Future<?>> writers = new ArrayList<>();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < 20; i++) {
        int n = i;
        writers.add(threads.submit(() -> stores.of("p" + n % 2).put("k" + n, new Count(n))));
      }
    }
    for (Future<?> writer : writers) {
      writer.get();
    }
    assertThat(stores.of("p0").keys("")).hasSize(10);
    assertThat(stores.of("p1").keys("")).hasSize(10);
  }

  @Test
  void aFullDiskIsToldInTheWordsOfTheApi() {
    database.write(connection -> Connections.number(connection, "PRAGMA max_page_count=1"));
    CapabilityException refusal =
        catchThrowableOfType(
            CapabilityException.class, () -> store.put("k", new Text("x".repeat(60_000))));
    assertThat(refusal.kind()).isEqualTo(FailureKind.HOST);
    assertThat(refusal).hasMessage("no space is left for the database " + file);
    assertThat(refusal.hint()).startsWith("make room");
  }

  private static CapabilityException assertInvalid(Runnable request) {
    CapabilityException refusal = catchThrowableOfType(CapabilityException.class, request::run);
    assertThat(refusal.kind()).isEqualTo(FailureKind.INVALID);
    return refusal;
  }
}
