package dev.banger.api.build;

import dev.banger.api.Column;
import dev.banger.api.CommandMode;
import dev.banger.api.CommandSpec;
import dev.banger.api.Permission;
import dev.banger.api.StepSpec;
import dev.banger.api.ValueSpec;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The one place that knows how a manifest is laid out; see {@code docs/plugin-authors.md}. */
public final class Manifest {
  /** Name of the file at the root of a plugin's directory. */
  public static final String FILE = "banger-plugin.json";

  /** Version of the layout. */
  public static final int SCHEMA = 1;

  private Manifest() {}

  /**
   * What a plugin is, before its declarations.
   *
   * @param id lower-case letters, digits and hyphens
   * @param version three numbers, then an optional suffix: {@code 1.4.0-rc.1}
   * @param api the API it needs, for example {@code >=1.0 <2}
   * @param entry binary name of its {@link dev.banger.api.CapabilityPlugin}
   */
  public record Identity(String id, String version, String api, String entry) {}

  /** The manifest as maps, lists, strings, numbers and booleans, in a fixed order. */
  public static Map<String, Object> of(Identity identity, Registration registration) {
    Map<String, Object> manifest = new LinkedHashMap<>();
    manifest.put("schema", (long) SCHEMA);
    manifest.put("id", identity.id());
    manifest.put("version", identity.version());
    manifest.put("api", identity.api());
    manifest.put("entry", identity.entry());
    manifest.put("description", registration.purpose());
    manifest.put("permissions", registration.permissions().stream().map(Permission::name).toList());
    manifest.put("requires", registration.requirements());
    manifest.put("steps", registration.steps().stream().map(step -> step(step.spec())).toList());
    manifest.put("hooks", hooks(registration));
    manifest.put("config", registration.config().map(ConfigKeys::describe).orElse(List.of()));
    manifest.put(
        "commands",
        registration.commands().values().stream().map(command -> command(command.spec())).toList());
    manifest.put("checks", List.copyOf(registration.checks().keySet()));
    return manifest;
  }

  private static Map<String, Object> step(StepSpec spec) {
    Map<String, Object> step = new LinkedHashMap<>();
    step.put("name", spec.name());
    step.put("phase", spec.phase().wireName());
    step.put("policy", spec.policy().wireName());
    step.put("after", spec.after());
    step.put("startMs", spec.startLimit().toMillis());
    step.put("stopMs", spec.stopLimit().toMillis());
    step.put("receiptVersion", (long) spec.receiptVersion());
    return step;
  }

  /** What it takes part in besides steps. */
  private static List<String> hooks(Registration registration) {
    Map<String, Boolean> hooks = new LinkedHashMap<>();
    hooks.put("validate", registration.validator().isPresent());
    hooks.put("contribute", registration.contributor().isPresent());
    hooks.put("vm-removed", registration.vmRemoved().isPresent());
    hooks.put("events", registration.events().isPresent());
    hooks.put("sweep", registration.sweeper().isPresent());
    hooks.put("watch", registration.watcher().isPresent());
    hooks.put("use", registration.useSource().isPresent());
    registration.followers().keySet().forEach(role -> hooks.put("after " + role, true));
    return hooks.entrySet().stream().filter(Map.Entry::getValue).map(Map.Entry::getKey).toList();
  }

  private static Map<String, Object> command(CommandSpec spec) {
    Map<String, Object> command = new LinkedHashMap<>();
    command.put("path", List.of(spec.path().split(" ")));
    command.put("summary", spec.summary());
    command.put("description", spec.description());
    command.put("examples", spec.examples());
    spec.role().ifPresent(role -> command.put("role", role));
    command.put("deadlineMs", spec.deadline().toMillis());
    command.put("mode", spec.mode().wireName());
    spec.liveFlag().ifPresent(flag -> command.put("liveWith", "--" + flag));
    if (spec.mode() == CommandMode.ATTACH && !spec.takesTerminal()) {
      command.put("terminal", false);
    }
    command.put("hidden", spec.isHidden());
    command.put("args", spec.args().stream().map(arg -> value(arg, "")).toList());
    command.put("options", spec.options().stream().map(option -> value(option, "--")).toList());
    command.put("columns", spec.columns().stream().map(Manifest::column).toList());
    return command;
  }

  private static Map<String, Object> value(ValueSpec spec, String dashes) {
    Map<String, Object> value = new LinkedHashMap<>();
    value.put("name", dashes + spec.name());
    value.put("type", spec.choices().isEmpty() ? spec.type().wireName() : "choice");
    value.put("required", spec.isRequired());
    spec.fallback().ifPresent(fallback -> value.put("default", fallback));
    if (!spec.choices().isEmpty()) {
      value.put("choices", spec.choices());
    }
    if (spec.isMany()) {
      value.put("many", true);
    }
    spec.letter().ifPresent(letter -> value.put("letter", "-" + letter));
    value.put("summary", spec.summary());
    return value;
  }

  private static Map<String, Object> column(Column column) {
    Map<String, Object> field = new LinkedHashMap<>();
    field.put("field", column.field());
    field.put("header", column.header());
    if (!column.link().isEmpty()) {
      field.put("link", column.link());
    }
    if (column.sparse()) {
      field.put("sparse", true);
    }
    return field;
  }
}
