package dev.banger.api;

import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * A command for a guest: an argument list, never a shell line. Its standard input is empty.
 *
 * @param argv the program (a path, or a name on the guest's {@code PATH}) and its arguments
 * @param cwd absolute, or empty for {@code /root}
 * @param env added to the guest's default environment
 * @param deadline how long it may take
 */
public record GuestCommand(
    List<String> argv, String cwd, Map<String, String> env, Duration deadline) {
  public GuestCommand {
    argv = List.copyOf(argv);
    env = Map.copyOf(env);
    if (argv.isEmpty()) {
      throw new IllegalArgumentException("a command needs at least a program");
    }
  }

  public static GuestCommand of(Duration deadline, String... argv) {
    return new GuestCommand(List.of(argv), "", Map.of(), deadline);
  }

  public GuestCommand in(String directory) {
    return new GuestCommand(argv, directory, env, deadline);
  }

  public GuestCommand withEnv(Map<String, String> more) {
    return new GuestCommand(argv, cwd, more, deadline);
  }
}
