package dev.banger.core.disk;

import dev.banger.core.host.Commands;
import dev.banger.core.host.ProcessCommands;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Real commands, counted; and from a chosen one on none, as if the daemon had been killed there.
 */
final class TrialCommands implements Commands {
  private final Commands real = new ProcessCommands();
  private final List<String> calls = new ArrayList<>();
  private final int last;

  TrialCommands() {
    this(Integer.MAX_VALUE);
  }

  /**
   * @param last the number of the command at which it ends, from 1; that one still runs, but nobody
   *     sees what came of it
   */
  TrialCommands(int last) {
    this.last = last;
  }

  /** The daemon is dead: nothing catches this. */
  static final class Killed extends Error {
    private static final long serialVersionUID = 1L;
  }

  List<String> calls() {
    return List.copyOf(calls);
  }

  @Override
  public Result run(Call call) throws InterruptedException {
    calls.add(String.join(" ", call.argv()));
    if (calls.size() < last) {
      return real.run(call);
    }
    if (calls.size() == last) {
      real.run(call);
    }
    throw new Killed();
  }

  @Override
  public Optional<Path> find(String tool) {
    return real.find(tool);
  }
}
