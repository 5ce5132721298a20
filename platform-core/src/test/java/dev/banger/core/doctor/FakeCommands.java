package dev.banger.core.doctor;

import dev.banger.core.host.Commands;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** A host with just the tools that a test gives it, each of which prints one thing. */
final class FakeCommands implements Commands {
  private final Map<String, Path> tools = new HashMap<>();
  private final Map<String, String> answers = new HashMap<>();

  FakeCommands with(String tool, Path path, String answer) {
    tools.put(tool, path);
    answers.put(path.toString(), answer);
    return this;
  }

  FakeCommands with(String tool) {
    return with(tool, Path.of("/usr/bin", tool), "");
  }

  @Override
  public Optional<Path> find(String tool) {
    return Optional.ofNullable(tools.get(tool));
  }

  @Override
  public Result run(Call call) {
    return new Result(0, answers.get(call.argv().getFirst()), "");
  }
}
