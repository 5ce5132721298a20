package dev.banger.core.lifecycle;

import dev.banger.core.model.BangerException;
import dev.banger.core.model.ErrorKind;
import dev.banger.core.model.VmId;
import dev.banger.core.model.VmPaths;
import dev.banger.core.model.VmRecord;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;

/** A host's network as a list of who has a device, and of what was asked. */
final class RecordingNetwork implements HostNetwork {
  final Set<VmId> devices = ConcurrentHashMap.newKeySet();
  private final List<String> calls = new ArrayList<>();
  private final List<String> problems = new ArrayList<>();
  volatile boolean bridge = true;
  final AtomicInteger failingReleases = new AtomicInteger();
  volatile Predicate<VmRecord> isAlive = _ -> false;

  private synchronized void called(String call) {
    calls.add(call);
  }

  synchronized List<String> calls() {
    return List.copyOf(calls);
  }

  synchronized List<String> problems() {
    return List.copyOf(problems);
  }

  @Override
  public Plan plan(VmRecord vm) {
    return bridge
        ? new Bridge(
            "bgr-" + vm.id().value().substring(0, 8),
            "br",
            "172.30.0.9",
            16,
            "172.30.0.0/16",
            "172.30.0.1",
            "06:00:ac:1e:00:09",
            List.of("10.0.0.1"))
        : new User(vm.address());
  }

  @Override
  public void attach(VmRecord vm, Plan plan) {
    called("attach " + vm.name());
    devices.add(vm.id());
  }

  @Override
  public void adopt(VmRecord vm) {
    called("adopt " + vm.name());
  }

  @Override
  public void release(VmRecord vm) {
    called("release " + vm.name());
    if (isAlive.test(vm)) {
      synchronized (this) {
        problems.add(vm.name() + " still lived when its device was taken");
      }
    }
    if (failingReleases.getAndUpdate(left -> Math.max(0, left - 1)) > 0) {
      throw new BangerException(ErrorKind.HOST, "the device is busy");
    }
    devices.remove(vm.id());
  }

  @Override
  public Set<VmId> traces(List<VmPaths> vms) {
    return Set.copyOf(devices);
  }

  @Override
  public void sweep(Predicate<VmId> exists) {
    devices.removeIf(id -> !exists.test(id));
  }

  @Override
  public Status status() {
    return new Status(bridge ? "bridge" : "user", "", "", "the test says so", "", "");
  }
}
