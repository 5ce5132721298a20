package dev.banger.hooks;

import dev.banger.api.CapabilityException;
import dev.banger.api.FailureKind;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * The one way into a plugin. Every call runs on a thread of its own with the plugin's class loader
 * as context class loader, has a deadline, and whatever it throws comes out as a {@link
 * CapabilityException}.
 *
 * <p>Platform threads, not virtual ones: a plugin that spins would take a carrier from everybody.
 */
public final class Gate {
  /** Between the interrupt and the end of the lease, to let a plugin tidy up. */
  private static final Duration GRACE = Duration.ofSeconds(1);

  /** More runaway threads than this, and the plugin gets no further calls. */
  private static final int MAX_RUNAWAYS = 4;

  private final String pluginId;
  private final ClassLoader loader;
  private final Set<Thread> runaways = ConcurrentHashMap.newKeySet();

  public Gate(String pluginId, ClassLoader loader) {
    this.pluginId = pluginId;
    this.loader = loader;
  }

  /** A piece of the plugin's code. */
  @FunctionalInterface
  public interface Body<T> {
    T run(Lease lease) throws Exception;
  }

  /** Runs it and waits for it. */
  public <T> T enter(String what, Duration deadline, Body<T> body) throws InterruptedException {
    return begin(what, deadline, Optional.empty(), body).await();
  }

  /**
   * Starts it; every begun entry must be awaited, which is also where a refusal shows.
   *
   * @param heldVm the id of the VM whose lock the caller holds meanwhile
   */
  public <T> Entry<T> begin(String what, Duration deadline, Optional<String> heldVm, Body<T> body) {
    int stuck = runaways();
    if (stuck < MAX_RUNAWAYS) {
      return new Entry<>(what, deadline, heldVm, body);
    }
    return new Entry<>(
        what,
        deadline,
        heldVm,
        _ -> {
          throw new CapabilityException(
              FailureKind.UNAVAILABLE,
              "plugin %s gets no more calls: %d of them ran past their deadline and still run"
                  .formatted(pluginId, stuck),
              "banger plugin disable %s, or restart the daemon; VMs keep running"
                  .formatted(pluginId));
        });
  }

  /** Threads that are still inside the plugin past their deadline. */
  public int runaways() {
    runaways.removeIf(thread -> !thread.isAlive());
    return runaways.size();
  }

  /** A call that is under way. */
  public final class Entry<T> {
    private final String what;
    private final Duration deadline;
    private final long end;
    private final Lease lease;
    private final CompletableFuture<T> result = new CompletableFuture<>();
    private final Thread thread;
    private volatile boolean timedOut;

    private Entry(String what, Duration deadline, Optional<String> heldVm, Body<T> body) {
      this.what = what;
      this.deadline = deadline;
      this.end = System.nanoTime() + deadline.toNanos();
      this.lease = Lease.of("the call of " + what + " into plugin " + pluginId, deadline, heldVm);
      this.thread =
          Thread.ofPlatform()
              .daemon()
              .name("plugin-" + pluginId + "-" + what)
              .inheritInheritableThreadLocals(false)
              .unstarted(() -> run(body));
      thread.setContextClassLoader(loader);
      thread.start();
    }

    private void run(Body<T> body) {
      try {
        result.complete(body.run(lease));
      } catch (Throwable e) {
        result.completeExceptionally(Failures.fromPlugin(pluginId, what, e));
        log(e);
      } finally {
        // Only reached without a result when even wording the failure failed.
        result.completeExceptionally(
            new CapabilityException(
                FailureKind.INTERNAL, "plugin %s failed in %s".formatted(pluginId, what)));
      }
    }

    private void log(Throwable e) {
      if (e instanceof CapabilityException) {
        return;
      }
      System.Logger log = System.getLogger("banger.plugin." + pluginId);
      try {
        log.log(System.Logger.Level.WARNING, "failed in " + what, e);
      } catch (Throwable worse) {
        // Printing a failure runs the plugin's own getMessage.
        log.log(System.Logger.Level.WARNING, "failed in " + what + ", and in saying why");
      }
    }

    /**
     * @throws CapabilityException of kind TIMEOUT past the deadline; else what the plugin made of
     *     it
     */
    public T await() throws InterruptedException {
      return await(deadline, () -> {});
    }

    /**
     * @param slow run once, when it takes longer than {@code quiet}
     */
    T await(Duration quiet, Runnable slow) throws InterruptedException {
      try {
        T value = within(quiet, slow);
        tidyUp();
        return value;
      } catch (ExecutionException e) {
        tidyUp();
        throw e.getCause() instanceof CapabilityException failure
            ? failure
            : new IllegalStateException(e.getCause());
      } catch (TimeoutException e) {
        timedOut = true;
        thread.interrupt();
        // First, in case the wait is cut short; one that ended is not counted.
        runaways.add(thread);
        thread.join(GRACE);
        throw new CapabilityException(
            FailureKind.TIMEOUT,
            "plugin %s did not finish %s within %s"
                .formatted(pluginId, what, Durations.words(deadline)),
            "banger plugin info " + pluginId);
      } catch (InterruptedException e) {
        thread.interrupt();
        runaways.add(thread);
        throw e;
      } finally {
        lease.revoke();
      }
    }

    private T within(Duration quiet, Runnable slow)
        throws InterruptedException, ExecutionException, TimeoutException {
      long left = end - System.nanoTime();
      if (quiet.toNanos() < left) {
        try {
          return result.get(quiet.toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
          slow.run();
        }
      }
      return result.get(Math.max(0, end - System.nanoTime()), TimeUnit.NANOSECONDS);
    }

    /** The result is there; lets the thread end before its lease does. */
    private void tidyUp() throws InterruptedException {
      if (!thread.join(GRACE)) {
        runaways.add(thread);
      }
    }

    /** In place of {@link #await}, when nobody is interested any more. Does not wait. */
    void cancel() {
      thread.interrupt();
      runaways.add(thread);
      lease.revoke();
    }

    /** Whether the deadline passed, as opposed to a failure that the plugin itself told. */
    boolean timedOut() {
      return timedOut;
    }

    /** Whether the plugin's thread has ended, within that time. */
    boolean ended(Duration patience) throws InterruptedException {
      return thread.join(patience);
    }

    /** What it returned, be it too late. */
    Optional<T> late() {
      return result.isDone() && !result.isCompletedExceptionally()
          ? Optional.of(result.join())
          : Optional.empty();
    }
  }
}
