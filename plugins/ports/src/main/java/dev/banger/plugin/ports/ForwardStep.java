package dev.banger.plugin.ports;

import dev.banger.api.LifecycleStep;
import dev.banger.api.Observed;
import dev.banger.api.Started;
import dev.banger.api.StepContext;
import dev.banger.api.Stopped;
import java.util.Optional;
import java.util.function.Supplier;

/** Forwards a VM's ports from its start to its stop. Everything is in memory, and goes with it. */
final class ForwardStep implements LifecycleStep<ForwardReceipt> {
  private final Supplier<Forwarder> forwarder;

  /**
   * @param forwarder what the plugin has opened
   */
  ForwardStep(Supplier<Forwarder> forwarder) {
    this.forwarder = forwarder;
  }

  @Override
  public Started<ForwardReceipt> start(StepContext<ForwardReceipt> context) {
    if (!context.config(PortsSettings.class).forward()) {
      return Started.skipped("forwarding is off in the configuration");
    }
    if (!context.vm().network().mode().equals("user")) {
      return Started.skipped("the guest has an address of its own");
    }
    String address = context.vm().network().address();
    if (address.isEmpty()) {
      return Started.skipped("the VM has no address");
    }
    ForwardReceipt receipt = new ForwardReceipt(address);
    context.intend(receipt);
    forwarder.get().begin(context.vm());
    return Started.ok(receipt, "to " + address);
  }

  @Override
  public Stopped stop(StepContext<ForwardReceipt> context, Optional<ForwardReceipt> receipt)
      throws InterruptedException {
    return forwarder.get().end(context.vm().id()) ? Stopped.released() : Stopped.nothingToDo();
  }

  /**
   * Forwards are in this process's memory alone. After a restart of the daemon, looking after them
   * is taking them up again: nothing else of the host changes hands.
   */
  @Override
  public Observed<ForwardReceipt> observe(
      StepContext<ForwardReceipt> context, Optional<ForwardReceipt> receipt) {
    if (receipt.isEmpty() || !receipt.get().address().equals(context.vm().network().address())) {
      return Observed.gone();
    }
    Forwarder running = forwarder.get();
    if (running.of(context.vm().id()).isEmpty()) {
      running.begin(context.vm());
    }
    return Observed.present(receipt.get());
  }
}
