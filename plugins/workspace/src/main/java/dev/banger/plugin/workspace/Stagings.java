package dev.banger.plugin.workspace;

import dev.banger.api.CapabilityException;
import dev.banger.api.FailureKind;
import dev.banger.api.GuestCommand;
import dev.banger.api.PluginContext;
import dev.banger.api.PluginStore;
import dev.banger.api.VmView;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/**
 * Directories in guests that a transfer needs for as long as it takes. Each is written down before
 * it is made: whoever is cancelled may no longer reach the guest, and leaves it to the next
 * transfer or sweep.
 */
final class Stagings {
  private static final Duration QUICK = Duration.ofSeconds(30);
  private static final Duration TURN = Duration.ofMillis(200);
  private static final String PREFIX = "staging-";

  private Stagings() {}

  /**
   * @param path absolute, in the guest
   */
  record Staging(String path) {}

  static String lock(VmView vm) {
    return "transfer to VM " + vm.name();
  }

  /** Does something with a path in a guest that is made by it. */
  @FunctionalInterface
  interface Use<T> {
    T of(String path) throws Exception;
  }

  /**
   * Names a path beside {@code place} that is not there, and removes from the guest what is at it
   * when {@code use} is over, unless that has {@link #forget forgotten} it.
   */
  static <T> T beside(PluginContext context, VmView vm, String place, Use<T> use) throws Exception {
    String path =
        place.substring(0, place.lastIndexOf('/') + 1)
            + ".banger-"
            + UUID.randomUUID().toString().substring(0, 8);
    note(context, vm, path);
    try {
      return use.of(path);
    } finally {
      if (context.store().of(vm).get(key(path), Staging.class).isPresent()) {
        clearAway(context, vm, path);
      }
    }
  }

  private static void clearAway(PluginContext context, VmView vm, String path) {
    boolean interrupted = Thread.interrupted();
    try {
      remove(context, vm, path);
    } catch (CapabilityException e) {
      // The guest is gone, or this call is over; what led here is what counts, and what was noted
      // is removed the next time.
    } catch (InterruptedException e) {
      interrupted = true;
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  static void note(PluginContext context, VmView vm, String path) {
    context.store().of(vm).put(key(path), new Staging(path));
  }

  static void forget(PluginContext context, VmView vm, String path) {
    context.store().of(vm).delete(key(path));
  }

  private static String key(String path) {
    return PREFIX + path.substring(path.lastIndexOf('-') + 1);
  }

  private static void remove(PluginContext context, VmView vm, String path)
      throws InterruptedException {
    if (context.host().exec(vm, GuestCommand.of(QUICK, "rm", "-rf", "--", path).in("/")).exitCode()
        == 0) {
      forget(context, vm, path);
    }
  }

  /** Removes what is left of transfers to that VM; while the caller holds {@link #lock}. */
  static List<String> clear(PluginContext context, VmView vm) throws InterruptedException {
    List<String> removed = new ArrayList<>();
    PluginStore store = context.store().of(vm);
    for (String key : store.keys(PREFIX)) {
      var staging = store.get(key, Staging.class);
      if (staging.isPresent()) {
        remove(context, vm, staging.get().path());
        removed.add("half-done transfer in VM " + vm.name());
      }
    }
    return removed;
  }

  /** The same for all VMs that run and have no transfer under way. */
  static List<String> sweep(PluginContext context) throws Exception {
    List<String> removed = new ArrayList<>();
    for (VmView vm : context.host().vms()) {
      if (vm.isRunning() && !context.store().of(vm).keys(PREFIX).isEmpty()) {
        try {
          removed.addAll(context.host().withLock(lock(vm), TURN, () -> clear(context, vm)));
        } catch (CapabilityException e) {
          if (e.kind() == FailureKind.INTERNAL) {
            throw e;
          }
          // A transfer is under way, or the guest does not answer: another time.
        }
      }
    }
    return removed;
  }
}
