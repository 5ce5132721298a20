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
    String address = context.vm().network().loopback().orElse("");
    if (address.isEmpty()) {
      return Started.skipped("the VM has no loopback address");
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

  /** Forwards end with the process: what a daemon before this one has forwarded is gone. */
  @Override
  public Observed<ForwardReceipt> observe(
      StepContext<ForwardReceipt> context, Optional<ForwardReceipt> receipt) {
    String address = context.vm().network().loopback().orElse("");
    boolean isForwarded = forwarder.get().of(context.vm().id()).isPresent();
    return isForwarded && receipt.filter(then -> then.address().equals(address)).isPresent()
        ? Observed.present(receipt.get())
        : Observed.gone();
  }
}
