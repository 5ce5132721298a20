package dev.banger.api;

import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * One run of a host tool: an argument list, never a shell line. {@code LC_ALL} is {@code C}.
 * Secrets do not belong into arguments: every user of the host can read them.
 */
public final class ToolCall {
  private final List<String> argv;
  private final Duration deadline;
  private final Path cwd;
  private final Map<String, String> env;
  private final InputStream stdin;
  private final OutputStream stdout;
  private final boolean privileged;

  private ToolCall(
      List<String> argv,
      Duration deadline,
      Path cwd,
      Map<String, String> env,
      InputStream stdin,
      OutputStream stdout,
      boolean privileged) {
    this.argv = List.copyOf(argv);
    this.deadline = Objects.requireNonNull(deadline);
    this.cwd = cwd;
    this.env = Map.copyOf(env);
    this.stdin = stdin;
    this.stdout = stdout;
    this.privileged = privileged;
    if (argv.isEmpty() || argv.getFirst().contains("/")) {
      throw new IllegalArgumentException("the first argument is the name of a tool, not a path");
    }
  }

  /**
   * @param argv a tool's name on the host's {@code PATH}, and its arguments
   */
  public static ToolCall of(Duration deadline, List<String> argv) {
    return new ToolCall(argv, deadline, null, Map.of(), null, null, false);
  }

  public static ToolCall of(Duration deadline, String... argv) {
    return of(deadline, List.of(argv));
  }

  /** The same with another deadline. */
  public ToolCall within(Duration limit) {
    return new ToolCall(argv, limit, cwd, env, stdin, stdout, privileged);
  }

  /** Where it runs; the root directory when not said. */
  public ToolCall in(Path directory) {
    return new ToolCall(argv, deadline, directory, env, stdin, stdout, privileged);
  }

  /** Added to the daemon's environment. */
  public ToolCall withEnv(Map<String, String> more) {
    return new ToolCall(argv, deadline, cwd, more, stdin, stdout, privileged);
  }

  /** Copied to its standard input, which is empty otherwise. */
  public ToolCall withStdin(InputStream in) {
    return new ToolCall(argv, deadline, cwd, env, in, stdout, privileged);
  }

  /** Where its standard output goes, as it comes; kept in the result otherwise. */
  public ToolCall withStdout(OutputStream out) {
    return new ToolCall(argv, deadline, cwd, env, stdin, out, privileged);
  }

  /**
   * Runs with the rights of root: as the daemon has them, or else through {@code sudo -n}. Only
   * {@code nft}, {@code iptables}, {@code iptables-save}, {@code conntrack}, {@code ip}, {@code
   * sysctl} and {@code resolvectl}; for any other tool, and where neither is possible, {@code
   * UNAVAILABLE} is thrown.
   */
  public ToolCall privileged() {
    return new ToolCall(argv, deadline, cwd, env, stdin, stdout, true);
  }

  public boolean isPrivileged() {
    return privileged;
  }

  public List<String> argv() {
    return argv;
  }

  public String tool() {
    return argv.getFirst();
  }

  public Duration deadline() {
    return deadline;
  }

  public Optional<Path> cwd() {
    return Optional.ofNullable(cwd);
  }

  public Map<String, String> env() {
    return env;
  }

  public Optional<InputStream> stdin() {
    return Optional.ofNullable(stdin);
  }

  public Optional<OutputStream> stdout() {
    return Optional.ofNullable(stdout);
  }
}
