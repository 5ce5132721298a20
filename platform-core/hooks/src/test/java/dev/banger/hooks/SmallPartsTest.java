package dev.banger.hooks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.banger.api.CapabilityException;
import dev.banger.api.Progress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class SmallPartsTest {
  @Test
  void theWaitDoublesUpToFiveMinutes() {
    assertThat(Backoff.after(1)).isEqualTo(Duration.ofSeconds(1));
    assertThat(Backoff.after(2)).isEqualTo(Duration.ofSeconds(2));
    assertThat(Backoff.after(9)).isEqualTo(Duration.ofSeconds(256));
    assertThat(Backoff.after(10)).isEqualTo(Duration.ofMinutes(5));
    assertThat(Backoff.after(Integer.MAX_VALUE)).isEqualTo(Duration.ofMinutes(5));
  }

  @Test
  void aStepAsksForASecondToTenMinutes() {
    assertThat(Backoff.asked(Duration.ofSeconds(-5))).isEqualTo(Duration.ofSeconds(1));
    assertThat(Backoff.asked(Duration.ofSeconds(90))).isEqualTo(Duration.ofSeconds(90));
    assertThat(Backoff.asked(Duration.ofDays(9))).isEqualTo(Duration.ofMinutes(10));
  }

  @Test
  void aLineHasNothingThatMovesTheCursorAndEnds() {
    assertThat(Lines.of(null)).isEmpty();
    assertThat(Lines.of(" a\r\n\tb\u001b[2J\u202e\ud800 \ud83d\ude00 "))
        .isEqualTo("a   b [2J   \ud83d\ude00");
    assertThat(Lines.of("x".repeat(5000))).hasSize(1003).endsWith("x...");
  }

  @Test
  void whatAPluginTellsTheUserIsBoundedAndEndsWithItsCall() {
    List<String> told = new ArrayList<>();
    Lease lease = Lease.of("test", Duration.ofMinutes(1), Optional.empty());
    PluginProgress progress =
        new PluginProgress(
            new Progress() {
              @Override
              public void started(String stage) {
                told.add(stage);
              }

              @Override
              public void note(String stage, String message) {
                told.add(stage + " " + message);
              }

              @Override
              public void done(String stage, String message) {
                told.add(stage + " " + message);
              }
            },
            lease);
    progress.started("Copy Files\n");
    progress.note(null, "a\nb");
    lease.revoke();

    assertThatThrownBy(() -> progress.done("x", "y")).isInstanceOf(CapabilityException.class);
    assertThat(told).containsExactly("copy_files_", "plugin a b");
  }
}
