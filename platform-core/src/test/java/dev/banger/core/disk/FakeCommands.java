package dev.banger.core.disk;

import dev.banger.core.host.Commands;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Answers commands from a script and remembers them. */
public final class FakeCommands implements Commands {
  public static final Result OK = new Result(0, "", "");

  private final Script script;
  private final Map<String, Path> present = new HashMap<>();
  private final Set<String> absent = new HashSet<>();
  private final List<List<String>> calls = new ArrayList<>();

  public FakeCommands(Script script) {
    this.script = script;
  }

  /** Says that a tool is at {@code binary}; others are in {@code /usr/bin}. */
  public FakeCommands with(String tool, Path binary) {
    present.put(tool, binary);
    return this;
  }

  public FakeCommands without(String tool) {
    absent.add(tool);
    return this;
  }

  public synchronized List<List<String>> calls() {
    return List.copyOf(calls);
  }

  @Override
  public Result run(Call call) throws InterruptedException {
    synchronized (this) {
      calls.add(call.argv());
    }
    return script.answer(call);
  }

  @Override
  public Optional<Path> find(String tool) {
    return absent.contains(tool)
        ? Optional.empty()
        : Optional.of(present.getOrDefault(tool, Path.of("/usr/bin", tool)));
  }

  public interface Script {
    Result answer(Call call) throws InterruptedException;
  }
}
