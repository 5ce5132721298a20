package dev.banger.cli;

import dev.banger.cli.term.Console;
import dev.banger.cli.term.Signals;
import dev.banger.client.Json;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Runs the command line inside the test, with a home of its own. */
public final class Cli {
  /** How a run ended. */
  public record Ran(int code, String out, String err) {
    public Json json() {
      try {
        return Json.parse(out);
      } catch (IOException e) {
        throw new AssertionError("no JSON: " + this, e);
      }
    }

    public List<Json> jsonLines() {
      return out.lines()
          .map(
              line -> {
                try {
                  return Json.parse(line);
                } catch (IOException e) {
                  throw new AssertionError("no JSON: " + line, e);
                }
              })
          .toList();
    }
  }

  /** Signals that a test sends. */
  public static final class FakeSignals implements Signals {
    private final Map<String, Runnable> actions = new ConcurrentHashMap<>();

    @Override
    public Subscription on(String name, Runnable action) {
      actions.put(name, action);
      return () -> actions.remove(name);
    }

    /** What is done about it at the moment. */
    public void raise(String name) {
      Runnable action = actions.get(name);
      if (action == null) {
        throw new AssertionError("nobody listens for " + name);
      }
      action.run();
    }
  }

  public final FakeSignals signals = new FakeSignals();
  private final Map<String, String> env = new HashMap<>();
  private Path directory;
  private InputStream in = InputStream.nullInputStream();
  private boolean isTerminal;
  private boolean isTyped;

  public Cli(Path home) {
    env.put("BANGER_HOME", home.toString());
    env.put("PATH", System.getenv("PATH"));
    directory = home;
  }

  public Cli env(String name, String value) {
    env.put(name, value);
    return this;
  }

  public Cli in(Path workingDirectory) {
    directory = workingDirectory;
    return this;
  }

  public Cli input(String text) {
    in = new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8));
    return this;
  }

  public Cli input(InputStream stream) {
    in = stream;
    return this;
  }

  /** Output and errors on a terminal; standard input not. */
  public Cli onTerminal() {
    isTerminal = true;
    return this;
  }

  /** Input typed at a terminal, which output and errors go to as well. */
  public Cli typing(String text) {
    isTyped = true;
    return onTerminal().input(text);
  }

  /** Runs with these as standard output and standard error. */
  public int runInto(OutputStream out, OutputStream err, String... args) {
    return Main.run(
        args,
        new Console(
            Map.copyOf(env),
            in,
            new PrintStream(out, false, StandardCharsets.UTF_8),
            new PrintStream(err, false, StandardCharsets.UTF_8),
            directory,
            isTyped,
            isTerminal,
            isTerminal,
            signals));
  }

  public Ran run(String... args) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    int code = runInto(out, err, args);
    return new Ran(
        code, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
  }
}
