package dev.banger.core.stats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.banger.core.model.VmHandles;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;

class CpuHistoryTest {
  private static final long SECOND = 1_000_000_000;

  private final CpuHistory history = new CpuHistory(new VmHandles(7, 70, "boot", "fake", "tcg"));

  private double percent(long seconds) {
    return history.percent(seconds * SECOND).orElseThrow();
  }

  @Test
  void one_sample_says_nothing_and_two_give_an_average() {
    assertThat(history.percent(10 * SECOND)).isEmpty();
    history.add(0, 1000);
    assertThat(history.percent(10 * SECOND)).isEmpty();

    history.add(5 * SECOND, 1250);

    assertThat(percent(10)).isEqualTo(50);
  }

  @Test
  void two_busy_cpus_are_two_hundred_percent() {
    history.add(0, 0);
    history.add(5 * SECOND, 1000);

    assertThat(percent(5)).isEqualTo(200);
  }

  @Test
  void a_window_looks_back_as_far_as_it_is_long() {
    history.add(0, 0);
    history.add(5 * SECOND, 500);
    history.add(10 * SECOND, 500);
    history.add(15 * SECOND, 750);

    assertThat(percent(1)).isEqualTo(50);
    assertThat(percent(5)).isEqualTo(50);
    assertThat(percent(10)).isEqualTo(25);
    assertThat(percent(15)).isEqualTo(50);
    assertThat(percent(3600)).isEqualTo(50);
  }

  @Test
  void a_moment_between_samples_counts_up_to_itself() {
    history.add(0, 0);
    history.add(5 * SECOND, 100);

    assertThat(history.percent(7 * SECOND, 300, 2 * SECOND)).hasValue(100);
    assertThat(history.percent(10 * SECOND, 100, 10 * SECOND)).hasValue(10);
    // A tick more or less would be many percent.
    assertThat(history.percent(5 * SECOND + 1, 101, 0)).isEqualTo(OptionalDouble.empty());
  }

  @Test
  void after_many_samples_the_oldest_are_forgotten_and_the_rest_are_right() {
    // Idle at first, then half a CPU.
    for (int i = 0; i < 3 * CpuHistory.KEPT; i++) {
      history.add(5 * SECOND * i, Math.max(0, i - CpuHistory.KEPT) * 250L);
    }

    assertThat(percent(10)).isEqualTo(50);
    assertThat(percent(5 * (CpuHistory.KEPT - 1))).isEqualTo(50);
    assertThat(percent(1_000_000)).isCloseTo(50, within(0.001));
  }

  @Test
  void a_counter_that_steps_back_is_no_negative_load() {
    history.add(0, 100);
    history.add(5 * SECOND, 90);

    assertThat(percent(5)).isZero();
  }
}
