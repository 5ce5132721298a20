package dev.banger.testkit.sample;

import dev.banger.api.CapabilityException;
import dev.banger.api.FailureKind;
import dev.banger.api.GuestCommand;
import dev.banger.api.LifecycleStep;
import dev.banger.api.Started;
import dev.banger.api.StepContext;
import dev.banger.api.Stopped;
import java.util.Optional;

/** Tells the guest about its ports. */
final class GreetingStep implements LifecycleStep<GreetingStep.Greeting> {
  private final Defect defect;

  GreetingStep(Defect defect) {
    this.defect = defect;
  }

  public record Greeting(String word) {}

  @Override
  public Started<Greeting> start(StepContext<Greeting> context) throws Exception {
    Greeting greeting = new Greeting("hello");
    context.intend(greeting);
    context.host().exec(context.vm(), GuestCommand.of(PortsPlugin.LIMIT, "echo", "hello"));
    return Started.ok(greeting);
  }

  @Override
  public Stopped stop(StepContext<Greeting> context, Optional<Greeting> receipt) throws Exception {
    if (receipt.isEmpty()) {
      return Stopped.nothingToDo();
    }
    try {
      context.host().exec(context.vm(), GuestCommand.of(PortsPlugin.LIMIT, "echo", "bye"));
    } catch (CapabilityException e) {
      boolean gone = e.kind() == FailureKind.ILLEGAL_STATE || e.kind() == FailureKind.NOT_FOUND;
      if (!gone || defect == Defect.STOP_NEEDS_THE_GUEST) {
        throw e;
      }
    }
    return Stopped.released();
  }
}
