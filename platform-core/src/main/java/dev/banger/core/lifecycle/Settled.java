package dev.banger.core.lifecycle;

import dev.banger.core.model.VmId;
import dev.banger.core.model.VmPaths;
import dev.banger.core.model.VmRecord;
import dev.banger.core.model.VmState;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * Which VMs are down, as their records say, with nothing of them left on the host. What could tell
 * otherwise is looked at once for all of them: a look at every process for each of a thousand VMs
 * takes most of a minute.
 */
final class Settled {
  private static final Logger LOG = Logger.getLogger(Settled.class.getName());

  private Settled() {}

  /** A host that cannot be looked at as a whole is looked at for each VM: then it is none. */
  static Set<VmId> among(VmContext context, List<VmRecord> vms) {
    try {
      return found(context, vms);
    } catch (RuntimeException e) {
      LOG.log(Level.WARNING, "every VM is looked at by itself", e);
      return Set.of();
    }
  }

  private static Set<VmId> found(VmContext context, List<VmRecord> vms) {
    Map<String, List<Extensions.StepStatus>> steps = context.extensions().steps();
    // One look tells it of nearly all: what is down mostly leaves no directory there.
    Set<String> running = context.directories().running();
    List<VmPaths> quiet = new ArrayList<>();
    for (VmRecord vm : vms) {
      VmPaths paths = context.paths(vm);
      if (saysDown(vm)
          && !steps.containsKey(vm.id().value())
          && !(running.contains(vm.id().value()) && context.directories().inUse(paths))
          && context.scratch().read(paths).isEmpty()) {
        quiet.add(paths);
      }
    }
    Set<VmId> settled = new HashSet<>();
    if (!quiet.isEmpty()) {
      quiet.forEach(paths -> settled.add(paths.id()));
      context.drivers().all().forEach(driver -> settled.removeAll(driver.traces(quiet)));
      settled.removeAll(context.disks().traces(quiet));
      settled.removeAll(context.network().traces(quiet));
    }
    return settled;
  }

  private static boolean saysDown(VmRecord vm) {
    return !vm.provisional()
        && (vm.state() instanceof VmState.Stopped || vm.state() instanceof VmState.Failed);
  }
}
