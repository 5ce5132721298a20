package dev.banger.api.build;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PlainRecordsTest {
  enum Colour {
    RED,
    GREEN
  }

  record Inner(int number, Optional<Inner2> more) {}

  record Inner2(List<Path> paths) {}

  record Everything(
      String text,
      boolean truth,
      Integer small,
      long large,
      double broken,
      Duration length,
      Instant when,
      Colour colour,
      Inner inner,
      Map<String, List<Colour>> table) {}

  private static final Everything FULL =
      new Everything(
          "täxt \u0000 \"quoted\"",
          true,
          -3,
          Long.MAX_VALUE,
          0.25,
          Duration.ofMillis(1500),
          Instant.parse("2026-01-02T03:04:05.678Z"),
          Colour.GREEN,
          new Inner(7, Optional.of(new Inner2(List.of(Path.of("/a b"), Path.of("c"))))),
          Map.of("k", List.of(Colour.RED)));

  @Test
  void whatGoesInComesOut() {
    Map<String, Object> tree = PlainRecords.toTree(FULL);

    assertThat(PlainRecords.fromTree(Everything.class, tree)).isEqualTo(FULL);
    assertThat(tree.get("inner").toString()).contains("/a b");
  }

  record Wrong1(Object anything) {}

  record Wrong2(List<Runnable> work) {}

  record Wrong3(Map<Integer, String> table) {}

  record Wrong4(Optional<Wrong4> again) {}

  record Wrong5(int[] numbers) {}

  @Test
  void typesThatCannotBeStoredAreRefusedByName() {
    for (Class<? extends Record> type :
        List.of(Wrong1.class, Wrong2.class, Wrong3.class, Wrong4.class, Wrong5.class)) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> PlainRecords.check(type))
          .withMessageContaining(type.getSimpleName());
    }
    PlainRecords.check(Everything.class);
  }

  record Limits(int low, int high) {
    Limits {
      if (low > high) {
        throw new IllegalArgumentException("low is %d, above high %d".formatted(low, high));
      }
    }
  }

  @Test
  void whatTheConstructorRefusesIsPassedOnAsItSaysIt() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> PlainRecords.fromTree(Limits.class, Map.of("low", 3L, "high", 2L)))
        .withMessage("low is 3, above high 2");
  }

  @ParameterizedTest
  @ValueSource(longs = {Integer.MAX_VALUE + 1L, Integer.MIN_VALUE - 1L})
  void aNumberThatDoesNotFitIsRefusedNotCut(long number) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> PlainRecords.fromTree(Limits.class, Map.of("low", number, "high", 2L)))
        .withMessageContaining("Limits.low is no int: " + number);
  }

  @Test
  void missingAndUnknownFieldsAreNamed() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> PlainRecords.fromTree(Limits.class, Map.of("low", 1L)))
        .withMessage("Limits.high is missing");
    assertThatIllegalArgumentException()
        .isThrownBy(
            () -> PlainRecords.fromTree(Limits.class, Map.of("low", 1L, "high", 2L, "hihg", 3L)))
        .withMessageContaining("hihg");
  }

  record Grown(String name, Optional<String> addedLater) {}

  @Test
  void whatWasStoredBeforeAnOptionalWasAddedIsStillRead() {
    assertThat(PlainRecords.fromTree(Grown.class, Map.of("name", "old")))
        .isEqualTo(new Grown("old", Optional.empty()));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> PlainRecords.fromTree(Grown.class, Map.of("name", "old", "typo", "x")))
        .withMessageContaining("typo");
  }

  @Test
  void nullsAreRefusedWhereverTheyHide() {
    assertThatThrownBy(() -> PlainRecords.toTree(new Grown(null, Optional.empty())))
        .hasMessageContaining("Grown.name");
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("name", null);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> PlainRecords.fromTree(Grown.class, fields))
        .withMessageContaining("Grown.name");
  }

  @Test
  void textIsNeitherAnUnknownConstantNorABrokenTime() {
    for (Map.Entry<String, String> wrong :
        Map.of("colour", "PINK", "length", "ten seconds", "when", "yesterday").entrySet()) {
      Map<String, Object> tree = new TreeMap<>(PlainRecords.toTree(FULL));
      tree.put(wrong.getKey(), wrong.getValue());
      assertThatIllegalArgumentException()
          .isThrownBy(() -> PlainRecords.fromTree(Everything.class, tree))
          .withMessageContaining("Everything." + wrong.getKey())
          .withMessageContaining(wrong.getValue());
    }
  }
}
