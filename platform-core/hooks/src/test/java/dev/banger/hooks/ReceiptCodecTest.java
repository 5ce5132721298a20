package dev.banger.hooks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.banger.api.CapabilityException;
import dev.banger.api.LifecycleStep;
import dev.banger.api.Phase;
import dev.banger.api.Started;
import dev.banger.api.StepContext;
import dev.banger.api.StepSpec;
import dev.banger.api.Stopped;
import dev.banger.api.build.Registration;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ReceiptCodecTest {
  enum Kind {
    TAP,
    BRIDGE
  }

  record Inner(Kind kind, Optional<String> note) {}

  record Receipt(
      String name,
      int port,
      long size,
      double share,
      boolean up,
      Duration took,
      Path file,
      List<Inner> inners,
      Map<String, Long> counts) {
    Receipt {
      if (port < 0) {
        throw new IllegalArgumentException("port is negative");
      }
    }
  }

  private static final Receipt FULL =
      new Receipt(
          "a \"b\"\n\u0001\u20ac\ud83d\ude00",
          80,
          Long.MIN_VALUE,
          1e10,
          true,
          Duration.ofMillis(1500),
          Path.of("/run/x y"),
          List.of(new Inner(Kind.TAP, Optional.empty()), new Inner(Kind.BRIDGE, Optional.of(""))),
          Map.of("a.b", Long.MAX_VALUE));

  private record Upgrading(R2 answer) implements LifecycleStep<R2> {
    @Override
    public Started<R2> start(StepContext<R2> context) {
      return Started.skipped("x");
    }

    @Override
    public Stopped stop(StepContext<R2> context, Optional<R2> receipt) {
      return Stopped.nothingToDo();
    }

    @Override
    public R2 upgrade(int version, Map<String, Object> fields) {
      return answer == null ? null : new R2(version + ":" + fields);
    }
  }

  record R2(String text) {}

  private static <R extends Record> Registration.Step<R> step(
      Class<R> type, int version, LifecycleStep<R> code) {
    return new Registration.Step<>(
        StepSpec.required("rules", Phase.HOST).receiptVersion(version), type, code);
  }

  private static final Registration.Step<Receipt> STEP = step(Receipt.class, 1, null);

  @Test
  void whatIsWrittenIsReadAgain() {
    String json = ReceiptCodec.write(STEP, FULL);

    assertThat(ReceiptCodec.read(STEP, 1, Optional.of(json)).receipt()).contains(FULL);
    assertThat(ReceiptCodec.read(STEP, 1, Optional.empty()).receipt()).isEmpty();
    assertThat(ReceiptCodec.read(STEP, 1, Optional.empty()).problem()).isEmpty();
  }

  @Test
  void whatIsTooLargeOrNoneIsRefused() {
    Registration.Step<R2> step = step(R2.class, 1, null);

    assertThat(ReceiptCodec.write(step, new R2("x".repeat((64 << 10) - 11)))).hasSize(64 << 10);
    assertThatThrownBy(() -> ReceiptCodec.write(step, new R2("x".repeat((64 << 10) - 10))))
        .isInstanceOf(CapabilityException.class)
        .hasMessage("the receipt of step rules has 65537 bytes, 64 KiB is allowed");
    assertThatThrownBy(() -> ReceiptCodec.write(step, new R2("\u20ac".repeat(30_000))))
        .hasMessageContaining("90011 bytes");
    assertThatThrownBy(() -> ReceiptCodec.write(step, FULL)).hasMessageContaining("is no R2");
    assertThatThrownBy(() -> ReceiptCodec.write(step, null)).hasMessageContaining("but null");
    assertThatThrownBy(() -> ReceiptCodec.write(step, new R2(null)))
        .hasMessageContaining("R2.text is null");
  }

  @Test
  void whatCannotBeReadIsSaidAndDoesNotThrow() {
    for (String broken : List.of("", "[]", "{", "{\"text\":1}", "{\"other\":\"x\"}", "null")) {
      assertThat(ReceiptCodec.read(step(R2.class, 1, null), 1, Optional.of(broken)))
          .satisfies(read -> assertThat(read.receipt()).isEmpty())
          .satisfies(read -> assertThat(read.problem()).startsWith("the receipt cannot be read"));
    }
    assertThat(ReceiptCodec.read(step(R2.class, 1, null), 2, Optional.of("{\"text\":\"x\"}")))
        .satisfies(read -> assertThat(read.problem()).endsWith("it has version 2, known is 1"));
  }

  @Test
  void anOlderReceiptGoesThroughTheUpgrade() {
    R2 any = new R2("");

    assertThat(
            ReceiptCodec.read(
                    step(R2.class, 3, new Upgrading(any)),
                    2,
                    Optional.of("{\"a\":[1,2.5,null,true],\"b\":{\"c\":\"d\"}}"))
                .receipt())
        .contains(new R2("2:{a=[1, 2.5, null, true], b={c=d}}"));
    assertThat(
            ReceiptCodec.read(step(R2.class, 3, new Upgrading(null)), 2, Optional.of("{}"))
                .problem())
        .contains("gave no receipt");
  }

  @Test
  void aStepWithoutUpgradeSaysSo() {
    LifecycleStep<Fixture.Mark> code =
        new Fixture.Code(_ -> Started.skipped("x"), (_, _) -> Stopped.nothingToDo());

    assertThat(ReceiptCodec.read(step(Fixture.Mark.class, 2, code), 1, Optional.of("{}")).problem())
        .contains("receipts of version 1 cannot be read any more");
  }
}
