package dev.banger.core.plugins;

import dev.banger.core.model.BangerException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Waits for calls into several plugins; all are awaited, whatever becomes of each. */
final class Together {
  private Together() {}

  /** The result of each, in order, or the first failure. */
  static <T> Map<String, T> all(Map<String, Gate.Entry<T>> entries) throws InterruptedException {
    Map<String, T> results = new LinkedHashMap<>();
    BangerException failure = null;
    for (Map.Entry<String, Gate.Entry<T>> entry : entries.entrySet()) {
      try {
        results.put(entry.getKey(), entry.getValue().await());
      } catch (BangerException e) {
        failure = failure == null ? e : failure;
      }
    }
    if (failure != null) {
      throw failure;
    }
    return results;
  }

  /** Collects what went wrong. */
  static void each(List<Gate.Entry<Void>> entries, List<String> failures)
      throws InterruptedException {
    for (Gate.Entry<Void> entry : entries) {
      try {
        entry.await();
      } catch (BangerException e) {
        failures.add(e.getMessage());
      }
    }
  }
}
