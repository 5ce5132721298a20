package dev.banger.testkit;

import dev.banger.api.CapabilityException;
import dev.banger.api.FailureKind;
import dev.banger.api.Locking.LockedBody;
import dev.banger.api.VmView;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/** The locks of VMs and of keys, with the order the real ones are taken in. */
final class FakeLocks {
  private static final ScopedValue<String> KEY = ScopedValue.newInstance();
  private static final ScopedValue<String> VM = ScopedValue.newInstance();

  private final Map<String, Semaphore> keys = new ConcurrentHashMap<>();
  private final Map<String, Semaphore> vms = new ConcurrentHashMap<>();

  <T> T withKey(String key, Duration deadline, LockedBody<T> body) throws Exception {
    return hold(keys, key, deadline, () -> ScopedValue.where(KEY, key).call(body::run));
  }

  <T> T withVm(VmView vm, Duration deadline, LockedBody<T> body) throws Exception {
    if (VM.isBound() && VM.get().equals(vm.id())) {
      return body.run();
    }
    if (KEY.isBound() || VM.isBound()) {
      throw new CapabilityException(
          FailureKind.ILLEGAL_STATE,
          "vm \"%s\" is asked for inside another lock".formatted(vm.name()),
          "take a VM's lock before a key's, and one VM at a time");
    }
    return hold(vms, vm.id(), deadline, () -> ScopedValue.where(VM, vm.id()).call(body::run));
  }

  private static <T> T hold(
      Map<String, Semaphore> locks, String name, Duration deadline, LockedBody<T> body)
      throws Exception {
    Semaphore lock = locks.computeIfAbsent(name, _ -> new Semaphore(1));
    if (!lock.tryAcquire(deadline.toMillis(), TimeUnit.MILLISECONDS)) {
      throw new CapabilityException(FailureKind.CONFLICT, "\"" + name + "\" is busy");
    }
    try {
      return body.run();
    } finally {
      lock.release();
    }
  }
}
