package dev.banger.plugin.workspace;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.banger.api.CapabilityException;
import dev.banger.api.CapabilityHost;
import dev.banger.api.FailureKind;
import dev.banger.api.ToolCall;
import dev.banger.api.ToolResult;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;

/**
 * The host's git, held short: no hooks, no file system monitor, no filters of the repository, no
 * prompts, and of the user's configuration only which files are to be ignored.
 *
 * <p>Names of files are bytes; here each is one char of ISO 8859-1, so that none is lost.
 */
final class Git {
  private static final Duration QUICK = Duration.ofSeconds(30);
  private static final Duration LONG = Duration.ofMinutes(15);
  private static final int LONGEST_LISTING = 256 << 20;

  private final CapabilityHost host;
  private final Map<String, String> environment;

  private Git(CapabilityHost host, Path config) {
    this.host = host;
    this.environment =
        Map.of(
            "GIT_CONFIG_GLOBAL", config.toString(),
            "GIT_CONFIG_NOSYSTEM", "1",
            "GIT_ATTR_NOSYSTEM", "1",
            "GIT_TERMINAL_PROMPT", "0",
            "GIT_LFS_SKIP_SMUDGE", "1",
            "GIT_OPTIONAL_LOCKS", "0",
            "GIT_NO_REPLACE_OBJECTS", "1",
            "GIT_NO_LAZY_FETCH", "1");
  }

  /**
   * @param scratch where the configuration that replaces the user's is written
   */
  static Git in(CapabilityHost host, Path scratch) throws IOException, InterruptedException {
    if (host.find("git").isEmpty()) {
      throw new CapabilityException(
          FailureKind.UNAVAILABLE, "git is not installed on this host", "apt install git");
    }
    // What the user ignores everywhere is often what must not leave the host.
    ToolResult ignored =
        host.run(
            ToolCall.of(QUICK, "git", "config", "--type=path", "--get", "core.excludesFile")
                .in(Path.of("/")));
    StringBuilder text = new StringBuilder("[safe]\n\tdirectory = *\n");
    if (ignored.ok()) {
      text.append("[core]\n\texcludesFile = ").append(quoted(ignored.stdout().stripTrailing()));
    }
    Path config = scratch.resolve("gitconfig");
    Files.writeString(config, text.append('\n'));
    return new Git(host, config);
  }

  private static String quoted(String value) {
    return "\"" + value.replace("\\", "\\\\").replace("\"", "\\\"") + "\"";
  }

  /** Runs it and hands back what it printed, without the last line feed; empty if it failed. */
  Optional<String> ask(Path repository, String... words) throws InterruptedException {
    // A question is never worth a transport, which may be any command at all.
    Map<String, String> alone = Map.of("GIT_ALLOW_PROTOCOL", "none");
    ToolResult result = host.run(calling(repository, alone, List.of(words)).within(QUICK));
    return result.ok() ? Optional.of(result.stdout().stripTrailing()) : Optional.empty();
  }

  /** A call with more in its environment, to be given streams. */
  ToolCall calling(Path directory, Map<String, String> more, List<String> words) {
    Map<String, String> all = new HashMap<>(environment);
    all.putAll(more);
    return call(directory, LONG, words).withEnv(all);
  }

  /** Runs it and hands back whether it succeeded. */
  boolean holds(ToolCall call) throws InterruptedException {
    return host.run(call).ok();
  }

  /** Runs it and insists that it succeeds. */
  ToolResult insistOn(ToolCall call, String what) throws InterruptedException {
    ToolResult result = host.run(call);
    insist(what, result);
    return result;
  }

  /** Runs it and insists that it succeeds. */
  void run(Path repository, String... words) throws InterruptedException {
    insist(words[0], host.run(call(repository, LONG, List.of(words))));
  }

  /** Runs it as {@code prepared} would have it, and hands back how it ended. */
  ToolResult tell(Path repository, UnaryOperator<ToolCall> prepared, List<String> words)
      throws InterruptedException {
    return host.run(prepared.apply(call(repository, LONG, words)));
  }

  /** Runs a command that lists names ending in NUL. */
  Set<String> list(Path repository, String... words) throws InterruptedException {
    return names(call(repository, LONG, List.of(words)), words[0]);
  }

  /** Names as git takes them in, each ending in NUL. */
  static InputStream listOf(Set<String> names) {
    StringBuilder list = new StringBuilder();
    names.forEach(name -> list.append(name).append('\0'));
    return new ByteArrayInputStream(list.toString().getBytes(ISO_8859_1));
  }

  /** The names it lists, each ending in NUL. */
  Set<String> names(ToolCall call, String what) throws InterruptedException {
    Set<String> names = new LinkedHashSet<>();
    for (String name : new String(output(call, what), ISO_8859_1).split("\0", -1)) {
      if (!name.isEmpty()) {
        names.add(name);
      }
    }
    return names;
  }

  /** All it prints, in memory. */
  byte[] output(ToolCall call, String what) throws InterruptedException {
    Bounded out = new Bounded();
    insist(what, host.run(call.withStdout(out)));
    return out.toByteArray();
  }

  private ToolCall call(Path repository, Duration limit, List<String> words) {
    List<String> argv =
        new ArrayList<>(
            List.of(
                "git",
                "-c",
                "core.hooksPath=/dev/null",
                "-c",
                "core.fsmonitor=false",
                "-c",
                "core.logAllRefUpdates=false",
                "-c",
                "gc.auto=0",
                "-c",
                "maintenance.auto=false"));
    argv.addAll(words);
    return ToolCall.of(limit, argv).in(repository).withEnv(environment);
  }

  static void insist(String what, ToolResult result) {
    if (!result.ok()) {
      throw new CapabilityException(
          FailureKind.HOST,
          "git %s failed with exit code %d: %s"
              .formatted(what, result.exitCode(), lastLine(result.stderr())));
    }
  }

  private static String lastLine(String text) {
    List<String> lines = text.strip().lines().toList();
    return lines.isEmpty() ? "it said nothing" : lines.getLast();
  }

  /** A listing in memory; a repository with more names than this is refused, not swallowed. */
  private static final class Bounded extends ByteArrayOutputStream {
    @Override
    public synchronized void write(byte[] bytes, int offset, int length) {
      if (count + length > LONGEST_LISTING) {
        throw new CapabilityException(
            FailureKind.INVALID, "the repository has too many files to be listed");
      }
      super.write(bytes, offset, length);
    }
  }
}
