package dev.banger.testkit.sample;

import dev.banger.api.CapabilityException;
import dev.banger.api.CapabilityPlugin;
import dev.banger.api.CommandCall;
import dev.banger.api.CommandResult;
import dev.banger.api.CommandSpec;
import dev.banger.api.DoctorCheck;
import dev.banger.api.FailureKind;
import dev.banger.api.OpenContext;
import dev.banger.api.Permission;
import dev.banger.api.Phase;
import dev.banger.api.PluginContext;
import dev.banger.api.Registrar;
import dev.banger.api.StepSpec;
import dev.banger.api.ToolCall;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;

/** Opens ports of VMs with a tool of the host; without a defect, a model of a good plugin. */
public final class PortsPlugin implements CapabilityPlugin {
  static final Duration LIMIT = Duration.ofSeconds(5);

  private final Defect defect;

  public PortsPlugin() {
    this(Defect.valueOf(System.getProperty("ports.defect", Defect.NONE.name())));
  }

  public PortsPlugin(Defect defect) {
    this.defect = defect;
  }

  record Config(int maxPorts, boolean quiet) {}

  @Override
  public void register(Registrar r) {
    r.describe("opens ports of VMs");
    switch (defect) {
      case REGISTER_THROWS -> throw new IllegalStateException("no home");
      case REGISTER_STARTS_A_THREAD -> Thread.ofPlatform().daemon().start(() -> doze(300));
      case ADDS_NOTHING -> {
        return;
      }
      default -> {}
    }
    r.config(new Config(16, false));
    if (defect != Defect.UNDECLARED_PERMISSION) {
      r.needs(Permission.GUEST_EXEC);
    }
    r.needs(Permission.hostTool("nft"));
    CommandSpec.Builder list =
        CommandSpec.builder("ports list", "Lists open ports").column("rule", "RULE");
    if (defect != Defect.COMMAND_WITHOUT_EXAMPLE) {
      list.example("banger ports list");
    }
    if (defect == Defect.COLUMN_WITHOUT_FIELD) {
      list.column("age", "AGE");
    }
    if (defect == Defect.DECLARES_BY_THE_CLOCK) {
      list.example("banger ports list " + System.nanoTime());
    }
    r.command(
        list.build(),
        call ->
            CommandResult.rows(
                rules(call.context()).stream().map(rule -> Map.of("rule", rule)).toList()));
    r.after("vm.test", this::follow);
    if (defect == Defect.LEAKS_A_THREAD || defect == Defect.BACKGROUND_GOES_ON) {
      // Without a step it is opened a few times only.
      return;
    }
    r.step(StepSpec.required("rule", Phase.HOST), RuleStep.Rule.class, new RuleStep(defect));
    // Two steps take four times as long to crash everywhere.
    if (Set.of(
            Defect.NONE,
            Defect.PINS_ITS_LOADER,
            Defect.STOP_NEEDS_THE_GUEST,
            Defect.UNDECLARED_PERMISSION)
        .contains(defect)) {
      r.step(
          StepSpec.required("greeting", Phase.GUEST).after("ports/rule"),
          GreetingStep.Greeting.class,
          new GreetingStep(defect));
    }
    r.sweep(this::sweep);
    if (Set.of(Defect.NONE, Defect.PINS_ITS_LOADER).contains(defect)
        || defect.name().startsWith("WATCH")) {
      r.watch(this::drifted);
    }
    if (defect == Defect.NONE || defect.name().startsWith("FIX")) {
      r.doctor("nft", this::check, this::fix);
    } else {
      // What a fix leaves would show its neighbours' defects once more.
      r.doctor("nft", this::check);
    }
  }

  private Set<String> drifted(PluginContext context) throws Exception {
    Set<String> gone = new TreeSet<>();
    List<String> there = rules(context);
    for (Path file : RuleStep.files(context)) {
      String rule = file.getFileName().toString();
      if (defect == Defect.WATCH_WRITES) {
        context.store().put("seen", new Config(1, true));
      }
      if (defect == Defect.WATCH_CRIES_WOLF || !there.contains(rule)) {
        gone.add(rule);
      }
    }
    return defect == Defect.WATCHES_BLINDLY ? Set.of() : gone;
  }

  /** Adds the rules of VMs that are not there any more. */
  private String fix(PluginContext context) throws Exception {
    if (defect == Defect.FIX_NEEDS_ITS_TOOL) {
      var _ = context.host().find("nft").orElseThrow();
    }
    if (defect == Defect.FIX_ONLY_ONCE) {
      if (!context.store().keys("fixed").isEmpty()) {
        throw new CapabilityException(FailureKind.CONFLICT, "fixed already");
      }
      context.store().put("fixed", new Config(1, true));
    }
    List<String> added = new ArrayList<>();
    List<String> there = rules(context);
    for (Path file : RuleStep.files(context)) {
      String rule = file.getFileName().toString();
      if (defect == Defect.FIX_BREAKS_VMS) {
        context.host().run(ToolCall.of(LIMIT, "nft", "delete", rule));
      } else if (!there.contains(rule)) {
        context.host().run(ToolCall.of(LIMIT, "nft", "add", rule, Files.readString(file)));
        added.add(rule);
      }
      if (defect == Defect.FIX_LEAVES_SOMETHING) {
        context.store().put("fixed", new Config(1, true));
      }
    }
    return added.isEmpty() ? "" : "added " + String.join(", ", added);
  }

  private void follow(CommandCall call, CommandResult result) {
    switch (defect) {
      case FOLLOWER_TRUSTS_VALUES -> call.progress().done("ports", call.text("vm"));
      case FOLLOWER_TRUSTS_THE_ANSWER -> {
        if (!((Map<?, ?>) result.value()).isEmpty()) {
          call.progress().done("ports", "");
        }
      }
      case FOLLOWER_NEEDS_MORE -> call.progress().done("ports", "" + call.host().vms().size());
      default -> call.progress().done("ports", "");
    }
  }

  private DoctorCheck.Outcome check(PluginContext context) throws InterruptedException {
    if (defect == Defect.CHECK_THROWS) {
      rules(context);
    }
    if (defect == Defect.CHECK_WRITES) {
      context.store().put("checked", new Config(1, true));
    }
    return context.host().find("nft").isPresent()
        ? DoctorCheck.Outcome.ok("nft is there")
        : DoctorCheck.Outcome.fail("nft is missing", "apt-get install nftables");
  }

  static List<String> rules(PluginContext context) throws InterruptedException {
    String listed = context.host().run(ToolCall.of(LIMIT, "nft", "list")).stdout();
    return listed.isEmpty() ? List.of() : List.of(listed.split("\n"));
  }

  private List<String> sweep(Predicate<String> exists, PluginContext context)
      throws InterruptedException {
    List<String> removed = new ArrayList<>();
    if (defect == Defect.SWEEPS_NOTHING) {
      return removed;
    }
    for (String rule : rules(context)) {
      if (defect == Defect.SWEEPS_THE_LIVING || !exists.test(rule)) {
        context.host().run(ToolCall.of(LIMIT, "nft", "delete", rule));
        RuleStep.forget(context, rule);
        removed.add("rule " + rule);
      }
    }
    return defect == Defect.SWEEPS_WITHOUT_SAYING ? List.of() : removed;
  }

  @Override
  public void open(OpenContext context) {
    switch (defect) {
      case DOES_NOT_OPEN -> throw new CapabilityException(FailureKind.UNAVAILABLE, "no nft");
      case LEAKS_A_THREAD -> Thread.ofPlatform().daemon().start(() -> doze(7_000));
      case BACKGROUND_GOES_ON -> context.background("loop", () -> doze(7_000));
      case PINS_ITS_LOADER -> Runtime.getRuntime().addShutdownHook(new Thread(() -> doze(0)));
      default -> context.background("loop", () -> Thread.sleep(Duration.ofHours(1)));
    }
  }

  /** Whoever interrupts it. */
  private static void doze(long millis) {
    long end = System.nanoTime() + millis * 1_000_000;
    while (System.nanoTime() < end) {
      try {
        Thread.sleep(50);
      } catch (InterruptedException e) {
        // This is the defect.
      }
    }
  }
}
