package dev.banger.core.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class BootSlotsTest {
  private final CountDownLatch waiting = new CountDownLatch(1);
  private final Progress progress =
      (stage, status, _) -> {
        if (stage.equals("wait_slot") && status.equals("started")) {
          waiting.countDown();
        }
      };

  private CompletableFuture<Boolean> second(BootSlots slots) {
    CompletableFuture<Boolean> taken = new CompletableFuture<>();
    Thread.ofVirtual()
        .start(
            () -> {
              try (BootSlots.Slot _ = slots.take(progress)) {
                taken.complete(true);
              } catch (InterruptedException e) {
                taken.completeExceptionally(e);
              }
            });
    return taken;
  }

  @Test
  void aBootWithoutASlotWaitsAndSaysSoUntilAnotherEnds() throws Exception {
    BootSlots slots = new BootSlots(1, Duration.ofMinutes(5));
    CompletableFuture<Boolean> second;
    try (BootSlots.Slot _ = slots.take(Progress.NONE)) {
      second = second(slots);
      assertThat(waiting.await(30, TimeUnit.SECONDS)).isTrue();
      assertThat(second).isNotDone();
    }
    assertThat(second.get(30, TimeUnit.SECONDS)).isTrue();
  }

  @Test
  void aBootThatHangsGivesItsSlotBack() throws Exception {
    BootSlots slots = new BootSlots(1, Duration.ofMillis(20));
    try (BootSlots.Slot _ = slots.take(Progress.NONE)) {
      assertThat(second(slots).get(30, TimeUnit.SECONDS)).isTrue();
    }
  }

  @Test
  void aSlotIsGivenBackOnce() throws Exception {
    BootSlots slots = new BootSlots(1, Duration.ofMinutes(5));
    BootSlots.Slot first = slots.take(Progress.NONE);
    first.close();
    first.close();
    try (BootSlots.Slot _ = slots.take(Progress.NONE)) {
      CompletableFuture<Boolean> second = second(slots);
      assertThat(waiting.await(30, TimeUnit.SECONDS)).isTrue();
      assertThat(second).isNotDone();
    }
  }
}
