package dev.banger.core.lifecycle;

import dev.banger.core.model.BangerException;
import dev.banger.core.model.VmId;
import dev.banger.core.model.VmRecord;
import dev.banger.core.model.VmState;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * Brings back what others took away from running VMs. Plugins are asked for all VMs together, and
 * asked again after each VM that was seen to, because what one needs may bring back what all need.
 */
final class DriftRepair {
  private static final Logger LOG = Logger.getLogger(DriftRepair.class.getName());

  private final VmContext context;

  DriftRepair(VmContext context) {
    this.context = context;
  }

  /** Sees to each VM at most once. */
  void run() throws InterruptedException {
    Set<VmId> tried = new HashSet<>();
    boolean more = !context.live().isEmpty();
    while (more) {
      more = false;
      for (VmId id : context.extensions().drifted()) {
        if (context.live().get(id).isPresent()
            && tried.add(id)
            && context.locks().ifFree(id, () -> mend(id))) {
          more = true;
          break;
        }
      }
    }
  }

  private void mend(VmId id) throws InterruptedException {
    Optional<VmRecord> vm = context.store().find(id);
    if (vm.isEmpty() || !(vm.get().state() instanceof VmState.Running)) {
      return;
    }
    try (Steps steps = Steps.of(context, vm.get(), Progress.NONE)) {
      steps
          .recover()
          .forEach(line -> LOG.log(Level.INFO, "vm={0} {1}", new Object[] {vm.get().name(), line}));
    } catch (BangerException e) {
      LOG.log(Level.WARNING, "vm={0} {1}", new Object[] {vm.get().name(), e.getMessage()});
    }
  }
}
