package dev.banger.core.host;

import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Runs the host's tools. An argument list, never a shell; {@code LC_ALL=C}; standard input is empty
 * unless given; every call has a deadline, after which the process and its descendants are killed.
 */
public interface Commands {
  /** Runs to the end, whatever the exit code. */
  Result run(Call call) throws InterruptedException;

  /**
   * The absolute path of a tool on {@code PATH} (and the sbin directories), if it is executable.
   */
  Optional<Path> find(String tool);

  /**
   * Runs and insists on exit code 0.
   *
   * @throws dev.banger.core.model.BangerException of kind HOST with the command and the end of its
   *     standard error, TIMEOUT past the deadline, UNAVAILABLE when the tool is missing
   */
  default Result check(Call call) throws InterruptedException {
    return run(call).orThrow(call);
  }

  /**
   * @param argv the tool (a name on {@code PATH} or an absolute path) and its arguments
   * @param stdin copied to the command's standard input, then closed; null for none
   * @param stdout where standard output goes, all of it: when it is not through by the deadline,
   *     because the sink is slow or a descendant of the command holds the pipe, the call fails
   *     (kind TIMEOUT), and when it cannot be passed on, too (kind HOST). Null to keep its last 64
   *     KiB in the result
   * @param env added to the environment
   * @param cwd null for {@code /}
   */
  record Call(
      List<String> argv,
      Duration deadline,
      InputStream stdin,
      OutputStream stdout,
      Map<String, String> env,
      Path cwd) {
    public Call {
      argv = List.copyOf(argv);
      env = Map.copyOf(env);
    }

    public static Call of(Duration deadline, String... argv) {
      return new Call(List.of(argv), deadline, null, null, Map.of(), null);
    }

    public static Call of(Duration deadline, List<String> argv) {
      return new Call(argv, deadline, null, null, Map.of(), null);
    }

    public Call withStdin(InputStream in) {
      return new Call(argv, deadline, in, stdout, env, cwd);
    }

    public Call withStdout(OutputStream out) {
      return new Call(argv, deadline, stdin, out, env, cwd);
    }

    public Call withEnv(Map<String, String> more) {
      return new Call(argv, deadline, stdin, stdout, more, cwd);
    }

    public Call withCwd(Path dir) {
      return new Call(argv, deadline, stdin, stdout, env, dir);
    }
  }

  /**
   * @param exitCode 128 + n when killed by signal n
   * @param stdout at most the last 64 KiB; empty when it was sent elsewhere
   * @param stderr at most the last 64 KiB
   */
  record Result(int exitCode, String stdout, String stderr) {
    Result orThrow(Call call) {
      if (exitCode != 0) {
        throw CommandFailures.failed(call, this);
      }
      return this;
    }
  }
}
