package dev.banger.core.rpc;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * The methods by name. The daemon listens before all of them are wired; a request for one that is
 * not there yet waits until the table is complete.
 */
public final class MethodTable {
  private static final Duration START_LIMIT = Duration.ofSeconds(60);

  private final Map<String, RpcMethod> methods = new ConcurrentHashMap<>();
  private final CountDownLatch complete = new CountDownLatch(1);

  public void put(String name, RpcMethod method) {
    methods.put(name, method);
  }

  /** What {@code register} methods fill. */
  public Map<String, RpcMethod> asMap() {
    return methods;
  }

  /** From now on a name that is not there is unknown. */
  public void completed() {
    complete.countDown();
  }

  /** The method, or null when there is none of that name. */
  public RpcMethod find(String name) {
    RpcMethod method = methods.get(name);
    if (method != null) {
      return method;
    }
    try {
      var _ = complete.await(START_LIMIT.toSeconds(), TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return methods.get(name);
  }
}
