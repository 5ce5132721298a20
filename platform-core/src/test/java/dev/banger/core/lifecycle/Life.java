package dev.banger.core.lifecycle;

import dev.banger.core.model.BangerException;
import dev.banger.core.model.ErrorKind;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * A daemon's life, which ends before or after a chosen call of it into the world, as by a SIGKILL:
 * none of its threads gets any further, and nothing is undone.
 */
final class Life {
  private final int endsAt;
  private final Object monitor = new Object();
  private int passed;
  private final CompletableFuture<String> ended = new CompletableFuture<>();
  private final CompletableFuture<Void> buried = new CompletableFuture<>();

  /** Calls that are in the world: a process that was killed has none, so its heirs wait for 0. */
  private int underWay;

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
              enter("before " + call);
              Object result;
              try {
                result = method.invoke(real, arguments);
              } catch (InvocationTargetException e) {
                leave("after " + call);
                throw e.getCause();
              }
              leave("after " + call);
              return result instanceof Extensions.Visit visit
                  ? through(Extensions.Visit.class, visit)
                  : result;
            }));
  }

  /** Before a call: it is in the world from here on, unless this life is over. */
  private void enter(String point) {
    synchronized (monitor) {
      if (++passed < endsAt) {
        underWay++;
        return;
      }
      ended.complete(point);
    }
    dead();
  }

  /** After a call: it is not in the world any more. */
  private void leave(String point) {
    synchronized (monitor) {
      underWay--;
      monitor.notifyAll();
      if (++passed < endsAt) {
        return;
      }
      ended.complete(point);
    }
    dead();
  }

  private void dead() {
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
    if (!ended.isDone()) {
      return true;
    }
    synchronized (monitor) {
      long end = System.nanoTime() + Lab.PATIENCE.toNanos();
      while (underWay > 0) {
        long left = TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime());
        if (left <= 0) {
          throw new AssertionError(underWay + " calls of a dead daemon do not return");
        }
        monitor.wait(left);
      }
    }
    return false;
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
