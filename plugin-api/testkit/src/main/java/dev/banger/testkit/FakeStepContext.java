package dev.banger.testkit;

import dev.banger.api.CapabilityException;
import dev.banger.api.FailureKind;
import dev.banger.api.PluginContext;
import dev.banger.api.Progress;
import dev.banger.api.StepContext;
import dev.banger.api.VmView;
import dev.banger.api.build.PlainRecords;
import dev.banger.hooks.ContextView;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** What surrounds one call into a step, without an engine. */
public final class FakeStepContext<R extends Record> extends ContextView implements StepContext<R> {
  private final VmView vm;
  private final boolean starting;
  private final List<R> intended = new CopyOnWriteArrayList<>();

  private FakeStepContext(PluginContext plugin, VmView vm, boolean starting) {
    super(plugin);
    this.vm = vm;
    this.starting = starting;
  }

  /** For a call of {@code start}. */
  public static <R extends Record> FakeStepContext<R> starting(PluginContext plugin, VmView vm) {
    return new FakeStepContext<>(plugin, vm, true);
  }

  /** For a call of {@code stop} or {@code observe}. */
  public static <R extends Record> FakeStepContext<R> of(PluginContext plugin, VmView vm) {
    return new FakeStepContext<>(plugin, vm, false);
  }

  /** What the step has intended so far, the last one last. */
  public List<R> intended() {
    return List.copyOf(intended);
  }

  @Override
  public void intend(R receipt) {
    if (!starting) {
      throw new CapabilityException(
          FailureKind.ILLEGAL_STATE, "only a start intends; this is a stop or an observe");
    }
    PlainRecords.check(receipt.getClass());
    intended.add(receipt);
  }

  @Override
  public VmView vm() {
    return vm;
  }

  @Override
  public String operation() {
    return "op-1";
  }

  @Override
  public Duration remaining() {
    return Duration.ofSeconds(15);
  }

  @Override
  public Progress progress() {
    return Quiet.PROGRESS;
  }
}
