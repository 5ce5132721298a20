package dev.banger.hooks;

import dev.banger.api.PluginContext;
import dev.banger.api.Progress;
import dev.banger.api.StepContext;
import dev.banger.api.VmView;
import java.time.Duration;
import java.util.function.Consumer;

/** The surroundings of one call into a step. */
final class CallContext<R extends Record> extends ContextView implements StepContext<R> {
  private final Operation operation;
  private final Lease lease;
  private final Consumer<R> intend;

  CallContext(Operation operation, PluginContext plugin, Lease lease, Consumer<R> intend) {
    super(plugin);
    this.operation = operation;
    this.lease = lease;
    this.intend = intend;
  }

  @Override
  public VmView vm() {
    return operation.vm();
  }

  @Override
  public String operation() {
    return operation.name();
  }

  @Override
  public Duration remaining() {
    return lease.remaining();
  }

  @Override
  public Progress progress() {
    return new PluginProgress(operation.progress(), lease);
  }

  @Override
  public void intend(R receipt) {
    lease.check();
    intend.accept(receipt);
  }
}
