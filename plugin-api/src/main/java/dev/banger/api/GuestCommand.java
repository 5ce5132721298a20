package dev.banger.api;

import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A command for a guest: an argument list, never a shell line. Every process of the guest can read
 * the arguments: what is secret goes to the standard input.
 *
 * @param argv the program (a path, or a name on the guest's {@code PATH}) and its arguments
 * @param cwd absolute, or empty for {@code /root}
 * @param env added to the guest's default environment
 * @param deadline how long it may take
 * @param stdin copied to its standard input, on a thread of the host's; nothing when empty
 * @param stdout takes its standard output as it comes, however much, on a thread of the host's;
 *     kept in the {@link GuestResult} when empty. What it throws ends the command
 */
public record GuestCommand(
    List<String> argv,
    String cwd,
    Map<String, String> env,
    Duration deadline,
    Optional<InputStream> stdin,
    Optional<OutputStream> stdout) {
  public GuestCommand {
    argv = List.copyOf(argv);
    env = Map.copyOf(env);
    if (argv.isEmpty()) {
      throw new IllegalArgumentException("a command needs at least a program");
    }
  }

  public static GuestCommand of(Duration deadline, String... argv) {
    return new GuestCommand(
        List.of(argv), "", Map.of(), deadline, Optional.empty(), Optional.empty());
  }

  public GuestCommand in(String directory) {
    return new GuestCommand(argv, directory, env, deadline, stdin, stdout);
  }

  public GuestCommand withEnv(Map<String, String> more) {
    return new GuestCommand(argv, cwd, more, deadline, stdin, stdout);
  }

  /** The same with another deadline. */
  public GuestCommand within(Duration limit) {
    return new GuestCommand(argv, cwd, env, limit, stdin, stdout);
  }

  /** Not closed. */
  public GuestCommand withStdin(InputStream in) {
    return new GuestCommand(argv, cwd, env, deadline, Optional.of(in), stdout);
  }

  /**
   * Not closed. The guest waits while it is slow; the sender is not to be trusted with the size.
   */
  public GuestCommand withStdout(OutputStream out) {
    return new GuestCommand(argv, cwd, env, deadline, stdin, Optional.of(out));
  }
}
