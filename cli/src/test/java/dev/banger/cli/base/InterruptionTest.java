package dev.banger.cli.base;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class InterruptionTest {
  private final List<String> done = new ArrayList<>();
  private String operation = "op-3";

  private Interruption interruption(boolean isCancellable) {
    return new Interruption(
        isCancellable,
        new Interruption.Actions() {
          @Override
          public String operation() {
            return operation;
          }

          @Override
          public void cancel(String id) {
            done.add("cancel " + id);
          }

          @Override
          public void leave() {
            done.add("leave");
          }
        });
  }

  @Test
  void theFirstCancelsAndTheSecondLeaves() {
    Interruption interruption = interruption(true);

    assertThat(interruption.happened()).isFalse();
    interruption.run();
    assertThat(interruption.happened()).isTrue();
    assertThat(interruption.hasLeft()).isFalse();
    interruption.run();

    assertThat(done).containsExactly("cancel op-3", "leave");
    assertThat(interruption.hasLeft()).isTrue();
  }

  @Test
  void whatCannotBeTakenBackIsLeftAtOnce() {
    interruption(false).run();

    assertThat(done).containsExactly("leave");
  }

  @Test
  void anOperationWithoutAKnownIdIsLeftAtOnce() {
    operation = "";

    interruption(true).run();

    assertThat(done).containsExactly("leave");
  }
}
