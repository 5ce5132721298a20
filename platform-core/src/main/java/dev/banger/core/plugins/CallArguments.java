package dev.banger.core.plugins;

import dev.banger.api.CommandCall;
import dev.banger.api.CommandMode;
import dev.banger.api.CommandResult;
import dev.banger.api.CommandSpec;
import dev.banger.api.PluginContext;
import dev.banger.api.Progress;
import dev.banger.api.TerminalStreams;
import dev.banger.api.ValueSpec;
import dev.banger.api.ValueType;
import dev.banger.core.model.BangerException;
import dev.banger.core.model.ErrorKind;
import dev.banger.hooks.Lease;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** The values of one command call, checked against what the command declares. */
final class CallArguments {
  private static final int LONGEST_VALUE = 64 * 1024;
  private static final int MOST_VALUES = 4096;

  private final Map<String, ValueSpec> specs = new LinkedHashMap<>();
  private final Map<String, Object> values = new HashMap<>();
  private final Path cwd;

  /**
   * @param json an object: flags are booleans, integers are numbers or text, the rest is text, what
   *     takes many values is a list; null stands for not given
   */
  static CallArguments parse(CommandSpec spec, String json, Path cwd) {
    Map<String, Object> given;
    try {
      given = JsonTree.object(json);
    } catch (IllegalArgumentException e) {
      throw usage(spec, "its args are malformed: " + e.getMessage());
    }
    return new CallArguments(spec, given, cwd);
  }

  private CallArguments(CommandSpec spec, Map<String, Object> given, Path cwd) {
    Stream.concat(spec.args().stream(), spec.options().stream())
        .forEach(value -> specs.put(value.name(), value));
    for (String name : given.keySet()) {
      if (!specs.containsKey(name)) {
        throw usage(spec, "it has no \"%s\", only %s".formatted(name, specs.keySet()));
      }
    }
    if (!cwd.isAbsolute()) {
      throw usage(spec, "cwd is not absolute: " + cwd);
    }
    this.cwd = cwd;
    for (ValueSpec value : specs.values()) {
      Object raw = given.get(value.name());
      if (raw != null && value.isMany()) {
        values.put(value.name(), checkedAll(spec, value, raw));
      } else if (raw != null) {
        values.put(value.name(), checked(spec, value, raw));
      } else if (value.isRequired()) {
        throw usage(spec, value.name() + " is missing");
      } else if (value.fallback().isPresent()) {
        values.put(value.name(), checked(spec, value, value.fallback().get()));
      }
    }
  }

  /** Takes rows. */
  @FunctionalInterface
  interface RowSink {
    void take(CommandResult row) throws InterruptedException;
  }

  /** Where a command of mode LIVE or ATTACH leads to. */
  record Ends(Optional<RowSink> rows, Optional<TerminalStreams> terminal) {
    static final Ends NONE = new Ends(Optional.empty(), Optional.empty());

    static Ends rows(RowSink sink) {
      return new Ends(Optional.of(sink), Optional.empty());
    }

    static Ends terminal(TerminalStreams streams) {
      return new Ends(Optional.empty(), Optional.of(streams));
    }
  }

  /** References to the VMs that the command is about. */
  List<String> vms() {
    return specs.values().stream()
        .filter(spec -> spec.type() == ValueType.VM && values.containsKey(spec.name()))
        .flatMap(
            spec ->
                values.get(spec.name()) instanceof List<?> all
                    ? all.stream()
                    : Stream.of(values.get(spec.name())))
        .map(Object::toString)
        .filter(ref -> !ref.isEmpty())
        .distinct()
        .toList();
  }

  /** Whether the flag was given with which the command sends rows. */
  boolean isLive(CommandSpec spec) {
    return spec.mode() == CommandMode.LIVE
        || spec.liveFlag().filter(flag -> Boolean.TRUE.equals(values.get(flag))).isPresent();
  }

  CommandCall call(PluginContext context, Progress progress, Lease lease, Ends ends) {
    return new Call(context, progress, lease, ends);
  }

  private static List<String> checkedAll(CommandSpec spec, ValueSpec value, Object raw) {
    if (!(raw instanceof List<?> all) || all.size() > MOST_VALUES) {
      throw usage(
          spec, "%s takes a list of at most %d values".formatted(value.name(), MOST_VALUES));
    }
    if (all.isEmpty() && value.isRequired()) {
      throw usage(spec, value.name() + " is missing");
    }
    List<String> texts = new ArrayList<>();
    for (Object each : all) {
      texts.add(checked(spec, value, each).toString());
    }
    return List.copyOf(texts);
  }

  private static Object checked(CommandSpec spec, ValueSpec value, Object raw) {
    if (value.type() == ValueType.FLAG) {
      if (raw instanceof Boolean) {
        return raw;
      }
      throw usage(spec, "%s is a flag, true or false, not %s".formatted(value.name(), raw));
    }
    if (!(raw instanceof String || raw instanceof Long)) {
      throw usage(spec, "%s takes one value, not %s".formatted(value.name(), raw));
    }
    String text = raw.toString();
    if (text.length() > LONGEST_VALUE || text.indexOf('\0') >= 0) {
      throw usage(spec, value.name() + " is too long or holds a NUL character");
    }
    if (!value.choices().isEmpty() && !value.choices().contains(text)) {
      throw usage(
          spec,
          "%s is one of %s, not \"%s\""
              .formatted(value.name(), String.join(", ", value.choices()), text));
    }
    if (value.type() == ValueType.INTEGER) {
      try {
        return Long.valueOf(text);
      } catch (NumberFormatException e) {
        throw usage(spec, "%s is a whole number, not \"%s\"".formatted(value.name(), text));
      }
    }
    return text;
  }

  private static BangerException usage(CommandSpec spec, String problem) {
    return new BangerException(
        ErrorKind.USAGE,
        "command \"%s\": %s".formatted(spec.path(), problem),
        "banger %s --help".formatted(spec.path()));
  }

  private final class Call implements CommandCall {
    private final PluginContext context;
    private final Progress progress;
    private final Lease lease;
    private final Ends ends;

    Call(PluginContext context, Progress progress, Lease lease, Ends ends) {
      this.context = context;
      this.progress = progress;
      this.lease = lease;
      this.ends = ends;
    }

    @Override
    public String text(String name) {
      return find(name)
          .orElseThrow(() -> new IllegalArgumentException(name + " has no value and no default"));
    }

    @Override
    public Optional<String> find(String name) {
      declared(name, false);
      return Optional.ofNullable(values.get(name)).map(Object::toString);
    }

    @Override
    public List<String> list(String name) {
      ValueSpec value = specs.get(name);
      if (value == null || !value.isMany()) {
        throw new IllegalArgumentException("the command declares no list of values: " + name);
      }
      return values.get(name) instanceof List<?> all
          ? all.stream().map(Object::toString).toList()
          : List.of();
    }

    @Override
    public boolean flag(String name) {
      declared(name, true);
      return Boolean.TRUE.equals(values.get(name));
    }

    @Override
    public long integer(String name) {
      declared(name, false);
      if (values.get(name) instanceof Long number) {
        return number;
      }
      throw new IllegalArgumentException(name + " is no integer, or has no value and no default");
    }

    @Override
    public Path path(String name) {
      try {
        return cwd.resolve(text(name)).normalize();
      } catch (InvalidPathException e) {
        throw new IllegalArgumentException("not a path: " + text(name), e);
      }
    }

    @Override
    public void emit(Map<String, ?> row) throws InterruptedException {
      RowSink sink =
          ends.rows()
              .orElseThrow(() -> new IllegalStateException("the command is not of mode LIVE"));
      lease.check();
      sink.take(CommandResult.object(row));
    }

    @Override
    public TerminalStreams terminal() {
      return ends.terminal()
          .orElseThrow(() -> new IllegalStateException("the command is not of mode ATTACH"));
    }

    @Override
    public Path cwd() {
      return cwd;
    }

    @Override
    public Progress progress() {
      return progress;
    }

    @Override
    public PluginContext context() {
      return context;
    }

    private void declared(String name, boolean flag) {
      ValueSpec spec = specs.get(name);
      if (spec == null || spec.isMany() || (spec.type() == ValueType.FLAG) != flag) {
        throw new IllegalArgumentException("the command declares no such value: " + name);
      }
    }
  }
}
