package dev.banger.hooks;

import dev.banger.api.CapabilityHost;
import dev.banger.api.PluginContext;
import dev.banger.api.PluginStore;
import dev.banger.api.Progress;
import dev.banger.api.StepContext;
import dev.banger.api.VmView;
import java.nio.file.Path;
import java.time.Duration;
import java.util.function.Consumer;

/** The surroundings of one call into a step. */
final class CallContext<R extends Record> implements StepContext<R> {
  private final Operation operation;
  private final PluginContext plugin;
  private final Lease lease;
  private final Consumer<R> intend;

  CallContext(Operation operation, PluginContext plugin, Lease lease, Consumer<R> intend) {
    this.operation = operation;
    this.plugin = plugin;
    this.lease = lease;
    this.intend = intend;
  }

  @Override
  public String pluginId() {
    return plugin.pluginId();
  }

  @Override
  public Path dataDir() {
    return plugin.dataDir();
  }

  @Override
  public <C extends Record> C config(Class<C> type) {
    return plugin.config(type);
  }

  @Override
  public PluginStore store() {
    return plugin.store();
  }

  @Override
  public CapabilityHost host() {
    return plugin.host();
  }

  @Override
  public System.Logger log() {
    return plugin.log();
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
