package dev.banger.agent;

import java.util.concurrent.Executor;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * Threads for whatever a program in the guest can make wait: one that has the kernel copy from
 * something slow straight into a pipe holds the pipe meanwhile, and even closing it waits. As many
 * as there are such pipes, and none while nothing moves.
 */
final class JobMovers implements Executor {
  private static final int IDLE_SECONDS = 10;

  private final Executor threads =
      new ThreadPoolExecutor(
          0,
          Integer.MAX_VALUE,
          IDLE_SECONDS,
          TimeUnit.SECONDS,
          new SynchronousQueue<>(),
          task -> Threads.of("job-mover", task));

  @Override
  public void execute(Runnable task) {
    threads.execute(
        () -> {
          try {
            task.run();
          } catch (RuntimeException | Error e) {
            Log.defect("jobs", e);
          }
        });
  }

  /** A close that may wait. */
  void close(int descriptor) {
    execute(() -> LibC.close(descriptor));
  }
}
