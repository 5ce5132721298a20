package dev.banger.testkit;

import dev.banger.api.CommandCall;
import dev.banger.api.CommandMode;
import dev.banger.api.CommandResult;
import dev.banger.api.CommandSpec;
import dev.banger.api.PluginContext;
import dev.banger.api.Progress;
import dev.banger.api.TerminalStreams;
import dev.banger.api.ValueSpec;
import dev.banger.api.ValueType;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;

/**
 * One use of a command. Values are as text, flags {@code "true"}; they are not checked, defaults
 * are filled in; lists have a line for each value.
 *
 * @param stages what the handler told of its progress: {@code stage status message}
 * @param rows what a handler of mode {@code LIVE} has sent
 * @param end the other end of one of mode {@code ATTACH}
 */
public record FakeCommandCall(
    CommandSpec spec,
    Map<String, String> values,
    Path cwd,
    PluginContext context,
    List<String> stages,
    List<Map<String, ?>> rows,
    TerminalStreams end)
    implements CommandCall {
  public static FakeCommandCall of(
      CommandSpec spec, Map<String, String> values, Path cwd, PluginContext context) {
    return new FakeCommandCall(
        spec,
        Map.copyOf(values),
        cwd,
        context,
        new CopyOnWriteArrayList<>(),
        new CopyOnWriteArrayList<>(),
        FakeTerminal.piping(""));
  }

  /**
   * A use of somebody else's command, as a {@link dev.banger.api.CommandFollower} sees it: the
   * command declares these values and no others.
   */
  public static FakeCommandCall following(
      Map<String, String> values, Path cwd, PluginContext context) {
    CommandSpec.Builder spec = CommandSpec.builder("followed", "what is followed");
    values.keySet().forEach(name -> spec.option(ValueSpec.optional(name, ValueType.TEXT, name)));
    return of(spec.build(), values, cwd, context);
  }

  /** The same, attached to this. */
  public FakeCommandCall attachedTo(TerminalStreams terminal) {
    return new FakeCommandCall(spec, values, cwd, context, stages, rows, terminal);
  }

  @Override
  public void emit(Map<String, ?> row) {
    if (spec.liveFlag().filter(this::flag).isEmpty()) {
      in(CommandMode.LIVE);
    }
    rows.addAll(rowsOf(CommandResult.object(row)));
  }

  @Override
  public TerminalStreams terminal() {
    in(CommandMode.ATTACH);
    return end;
  }

  private void in(CommandMode mode) {
    if (spec.mode() != mode) {
      throw new IllegalStateException(
          "\"%s\" is of mode %s, not %s"
              .formatted(spec.path(), spec.mode().wireName(), mode.wireName()));
    }
  }

  /** The rows of a result: one for an object. */
  static List<Map<String, ?>> rowsOf(CommandResult result) {
    List<?> parts = result.value() instanceof List<?> list ? list : List.of(result.value());
    List<Map<String, ?>> rows = new ArrayList<>();
    for (Object part : parts) {
      Map<String, Object> row = new LinkedHashMap<>();
      ((Map<?, ?>) part).forEach((field, value) -> row.put((String) field, value));
      rows.add(row);
    }
    return rows;
  }

  @Override
  public String text(String name) {
    return find(name).orElseThrow(() -> new IllegalArgumentException(name + " has no value"));
  }

  @Override
  public Optional<String> find(String name) {
    ValueSpec declared =
        Stream.concat(spec.args().stream(), spec.options().stream())
            .filter(value -> value.name().equals(name))
            .findFirst()
            .orElseThrow(() -> new IllegalArgumentException("not declared: " + name));
    return Optional.ofNullable(values.get(name)).or(declared::fallback);
  }

  @Override
  public List<String> list(String name) {
    return find(name).map(text -> text.lines().toList()).orElse(List.of());
  }

  @Override
  public boolean flag(String name) {
    return find(name).map(Boolean::parseBoolean).orElse(false);
  }

  @Override
  public long integer(String name) {
    return Long.parseLong(text(name));
  }

  @Override
  public Path path(String name) {
    return cwd.resolve(text(name)).normalize();
  }

  @Override
  public Progress progress() {
    return new Progress() {
      @Override
      public void started(String stage) {
        stages.add(stage + " started");
      }

      @Override
      public void note(String stage, String message) {
        stages.add(stage + " note " + message);
      }

      @Override
      public void done(String stage, String message) {
        stages.add(stage + " done " + message);
      }
    };
  }
}
