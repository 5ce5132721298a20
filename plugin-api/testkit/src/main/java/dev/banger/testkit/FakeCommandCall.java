package dev.banger.testkit;

import dev.banger.api.CommandCall;
import dev.banger.api.CommandSpec;
import dev.banger.api.PluginContext;
import dev.banger.api.Progress;
import dev.banger.api.ValueSpec;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;

/**
 * One use of a command. Values are as text, flags {@code "true"}; they are not checked, defaults
 * are filled in.
 *
 * @param stages what the handler told of its progress: {@code stage status message}
 */
public record FakeCommandCall(
    CommandSpec spec,
    Map<String, String> values,
    Path cwd,
    PluginContext context,
    List<String> stages)
    implements CommandCall {
  public static FakeCommandCall of(
      CommandSpec spec, Map<String, String> values, Path cwd, PluginContext context) {
    return new FakeCommandCall(
        spec, Map.copyOf(values), cwd, context, new CopyOnWriteArrayList<>());
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
