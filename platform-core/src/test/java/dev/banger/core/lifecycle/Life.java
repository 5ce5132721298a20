package dev.banger.core.lifecycle;

import dev.banger.core.model.BangerException;
import dev.banger.core.model.ErrorKind;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A daemon's life, which ends before or after a chosen call of it into the world, as by a SIGKILL:
 * none of its threads gets any further, and nothing is undone.
 */
final class Life {
  private final int endsAt;
  private final AtomicInteger passed = new AtomicInteger();
  private final CompletableFuture<String> ended = new CompletableFuture<>();
  private final CompletableFuture<Void> buried = new CompletableFuture<>();

  private Life(int endsAt) {
    this.endsAt = endsAt;
  }

  static Life endless() {
    return new Life(Integer.MAX_VALUE);
  }

  /**
   * @param point 1 is before the first call, 2 after it
   */
  static Life endingAt(int point) {
    return new Life(point);
  }

  /** The port as this daemon sees it. */
  <T> T through(Class<T> port, T real) {
    if (endsAt == Integer.MAX_VALUE) {
      return real;
    }
    return port.cast(
        Proxy.newProxyInstance(
            port.getClassLoader(),
            new Class<?>[] {port},
            (_, method, arguments) -> {
              String call = port.getSimpleName() + "." + method.getName();
              pass("before " + call);
              Object result;
              try {
                result = method.invoke(real, arguments);
              } catch (InvocationTargetException e) {
                pass("after " + call);
                throw e.getCause();
              }
              pass("after " + call);
              return result instanceof Extensions.Visit visit
                  ? through(Extensions.Visit.class, visit)
                  : result;
            }));
  }

  private void pass(String point) {
    if (passed.incrementAndGet() < endsAt) {
      return;
    }
    ended.complete(point);
    buried.join();
    throw new BangerException(ErrorKind.UNAVAILABLE, "this daemon is dead");
  }

  /**
   * Asks for something in this life.
   *
   * @return whether it was answered before the end
   */
  boolean answers(Runnable request) throws Exception {
    CompletableFuture<Void> answered = new CompletableFuture<>();
    Thread.ofVirtual()
        .start(
            () -> {
              try {
                request.run();
                answered.complete(null);
              } catch (Throwable e) {
                answered.completeExceptionally(e);
              }
            });
    CompletableFuture.anyOf(answered, ended).get(Lab.PATIENCE.toSeconds(), TimeUnit.SECONDS);
    return !ended.isDone();
  }

  /** Where it ended. */
  String end() {
    return ended.getNow("nowhere");
  }

  /** Lets its threads go, which can do nothing any more. */
  void bury() {
    buried.complete(null);
  }
}
