package dev.banger.core.lifecycle;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/**
 * Work on a thread of its own beside the caller's. When {@link #close} returns, the work is over:
 * nothing of it happens after what the caller does next.
 */
final class Beside implements AutoCloseable {
  /** What is done. */
  @FunctionalInterface
  interface Work {
    void run() throws Exception;
  }

  private final CompletableFuture<Void> done = new CompletableFuture<>();
  private final Thread thread;

  private Beside(String name, Work work) {
    thread = Thread.ofVirtual().name(name).start(() -> run(work));
  }

  static Beside start(String name, Work work) {
    return new Beside(name, work);
  }

  private void run(Work work) {
    try {
      work.run();
      done.complete(null);
    } catch (Throwable e) {
      done.completeExceptionally(e);
    }
  }

  /** Completes, exceptionally only, when the work fails. */
  CompletableFuture<Void> failure() {
    CompletableFuture<Void> failure = new CompletableFuture<>();
    var _ =
        done.whenComplete(
            (_, thrown) -> {
              if (thrown != null) {
                failure.completeExceptionally(thrown);
              }
            });
    return failure;
  }

  /** Waits for the end of the work, and throws what it threw as a BangerException. */
  void join() throws InterruptedException {
    thread.join();
    try {
      done.join();
    } catch (CompletionException e) {
      if (e.getCause() instanceof InterruptedException interrupted) {
        throw interrupted;
      }
      throw Operation.asBangerException(e.getCause());
    }
  }

  /** Interrupts the work if it still goes on, and waits until it is over, whoever interrupts. */
  @Override
  public void close() {
    thread.interrupt();
    boolean interrupted = false;
    while (true) {
      try {
        thread.join();
        break;
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
