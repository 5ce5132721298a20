package dev.banger.testkit.sample;

import dev.banger.api.CapabilityException;
import dev.banger.api.FailureKind;
import dev.banger.api.LifecycleStep;
import dev.banger.api.Observed;
import dev.banger.api.PluginContext;
import dev.banger.api.Started;
import dev.banger.api.StepContext;
import dev.banger.api.Stopped;
import dev.banger.api.ToolCall;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** A rule in the host's table, and a file about it. */
final class RuleStep implements LifecycleStep<RuleStep.Rule> {
  private final Defect defect;
  private volatile String current = "";

  RuleStep(Defect defect) {
    this.defect = defect;
  }

  public record Rule(String name, String address) {}

  @Override
  public Started<Rule> start(StepContext<Rule> context) throws Exception {
    Rule rule = new Rule(context.vm().id(), context.vm().address());
    current = rule.name();
    if (defect == Defect.START_FAILS) {
      throw new CapabilityException(FailureKind.HOST, "no kernel");
    }
    if (defect != Defect.EFFECT_BEFORE_INTEND) {
      context.intend(rule);
    }
    add(context, rule);
    context.intend(rule);
    Files.writeString(
        Files.createDirectories(context.dataDir()).resolve(rule.name()), rule.address());
    return defect == Defect.ONE_FIELD_FOR_ALL_VMS
        ? Started.ok(new Rule(current, rule.address()))
        : Started.ok(rule);
  }

  private void add(StepContext<Rule> context, Rule rule) throws InterruptedException {
    ToolCall call = ToolCall.of(PortsPlugin.LIMIT, "nft", "add", rule.name(), rule.address());
    while (true) {
      try {
        context.host().run(call);
        return;
      } catch (InterruptedException e) {
        if (defect != Defect.IGNORES_INTERRUPTS) {
          throw e;
        }
      }
    }
  }

  @Override
  public Stopped stop(StepContext<Rule> context, Optional<Rule> receipt) throws Exception {
    String name =
        defect == Defect.STOP_TRUSTS_A_FIELD ? current : receipt.map(Rule::name).orElse("");
    if (name.isEmpty()) {
      if (defect == Defect.STOP_NEEDS_A_RECEIPT) {
        throw new CapabilityException(FailureKind.INTERNAL, "no receipt");
      }
      return Stopped.nothingToDo();
    }
    if (defect == Defect.STOP_NEEDS_ITS_FILE) {
      Files.readString(context.dataDir().resolve(name));
    }
    if (defect != Defect.STOP_FORGETS
        && !context.host().run(ToolCall.of(PortsPlugin.LIMIT, "nft", "delete", name)).ok()
        && defect == Defect.STOP_ONLY_ONCE) {
      throw new CapabilityException(FailureKind.HOST, "no such rule");
    }
    forget(context, name);
    return Stopped.released();
  }

  /** One for each rule that ought to be there. */
  static List<Path> files(PluginContext context) throws IOException {
    if (!Files.isDirectory(context.dataDir())) {
      return List.of();
    }
    try (Stream<Path> files = Files.list(context.dataDir())) {
      return files.toList();
    }
  }

  static void forget(PluginContext context, String rule) {
    try {
      Path file = context.dataDir().resolve(rule);
      Files.deleteIfExists(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public Observed<Rule> observe(StepContext<Rule> context, Optional<Rule> receipt)
      throws Exception {
    if (receipt.isEmpty()) {
      return Observed.gone();
    }
    Rule rule = receipt.get();
    switch (defect) {
      case OBSERVES_DRIFT -> {
        return Observed.drifted(rule, "it never looks right");
      }
      case OBSERVES_ANOTHER_RECEIPT -> {
        return Observed.present(new Rule(rule.name(), "elsewhere"));
      }
      case OBSERVES_BLINDLY -> {
        return Observed.present(rule);
      }
      case OBSERVE_REPAIRS -> context.store().put("seen", rule);
      default -> {}
    }
    return PortsPlugin.rules(context).contains(rule.name())
        ? Observed.present(rule)
        : Observed.gone();
  }
}
