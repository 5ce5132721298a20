package dev.banger.core.lifecycle;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Supplier;

/** Clean-up outlives its caller: it runs on a thread that no cancellation interrupts. */
final class Detached {
  private Detached() {}

  static <T> T run(Supplier<T> work) {
    CompletableFuture<T> done = new CompletableFuture<>();
    Thread.ofVirtual()
        .name("undo")
        .start(
            () -> {
              try {
                done.complete(work.get());
              } catch (Throwable e) {
                done.completeExceptionally(e);
              }
            });
    boolean interrupted = Thread.interrupted();
    try {
      return done.join();
    } catch (CompletionException e) {
      throw Operation.asBangerException(e.getCause());
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
