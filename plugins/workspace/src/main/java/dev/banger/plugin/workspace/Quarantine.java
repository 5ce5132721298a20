package dev.banger.plugin.workspace;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.banger.api.CapabilityException;
import dev.banger.api.FailureKind;
import dev.banger.api.ToolCall;
import dev.banger.api.ToolResult;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

/**
 * A bare repository in the scratch directory where what came from a guest is looked at. It sees the
 * objects of the user's repository, which sees none of its. It has no working tree, no hooks, no
 * attributes and no configuration but its own.
 */
final class Quarantine {
  /** Larger files are neither compared line by line nor held in memory. */
  private static final List<String> OPTIONS =
      List.of(
          "-c",
          "core.bigFileThreshold=32m",
          "-c",
          "core.attributesFile=/dev/null",
          "-c",
          "core.quotePath=false",
          "-c",
          "pack.threads=1",
          "-c",
          "protocol.allow=never",
          "-c",
          "core.commitGraph=false");

  /** No object of the guest's is that large, for {@link PackScan} has looked. */
  private static final Map<String, String> ENVIRONMENT = Map.of("GIT_ALLOC_LIMIT", "1g");

  private final Git git;
  private final Path dir;

  private Quarantine(Git git, Path dir) {
    this.git = git;
    this.dir = dir;
  }

  /**
   * @param more directories of objects besides the source's
   */
  static Quarantine make(Git git, Path dir, Source source, List<Path> more)
      throws IOException, InterruptedException {
    List<Path> objects = new ArrayList<>(List.of(source.place(git, "objects")));
    objects.addAll(more);
    Baseline.make(git, dir, source, objects);
    Files.createDirectory(dir.resolve("nothing"));
    return new Quarantine(git, dir);
  }

  /** Runs git here and hands back what it printed. */
  String ask(String... words) throws InterruptedException {
    return told(words[0], tell(call -> call, words)).stripTrailing();
  }

  boolean holds(String... words) throws InterruptedException {
    return tell(call -> call, words).exitCode() == 0;
  }

  void feed(InputStream in, String... words) throws InterruptedException {
    told(words[0], tell(call -> call.withStdin(in), words));
  }

  String answer(String input, String... words) throws InterruptedException {
    InputStream in = new ByteArrayInputStream(input.getBytes(ISO_8859_1));
    return told(words[0], tell(call -> call.withStdin(in), words)).stripTrailing();
  }

  void print(InputStream in, OutputStream out, String... words) throws InterruptedException {
    told(words[0], tell(call -> call.withStdin(in).withStdout(out), words));
  }

  /** The content of a blob, one char for each byte; for small ones. */
  String blob(String id) throws InterruptedException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    print(InputStream.nullInputStream(), out, "cat-file", "blob", id);
    return out.toString(ISO_8859_1);
  }

  /** Goes through what git lists with {@code -z}. */
  void each(Consumer<String> record, String... words) throws InterruptedException, IOException {
    try (NulRecords records = new NulRecords(record)) {
      ToolResult result = tell(call -> call.withStdout(records), words);
      records.check();
      told(words[0], result);
    }
  }

  private ToolResult tell(UnaryOperator<ToolCall> prepared, String... words)
      throws InterruptedException {
    List<String> all = new ArrayList<>(OPTIONS);
    all.addAll(List.of(words));
    return git.tell(
        dir,
        call -> {
          Map<String, String> environment = new HashMap<>(call.env());
          environment.putAll(ENVIRONMENT);
          environment.put("GIT_DIR", dir.toString());
          environment.put("GIT_INDEX_FILE", dir.resolve("index").toString());
          return prepared.apply(call.withEnv(environment));
        },
        all);
  }

  private static String told(String what, ToolResult result) {
    if (!result.ok()) {
      List<String> lines = result.stderr().strip().lines().filter(line -> !line.isBlank()).toList();
      throw new CapabilityException(
          FailureKind.GUEST,
          "git %s would not have what the guest sent: %s"
              .formatted(what, Names.clean(lines.isEmpty() ? "it said nothing" : lines.getLast())));
    }
    return result.stdout();
  }

  /** A tree without what is ignored, unless one of {@code known} has it. */
  String withoutIgnored(String tree, List<String> known) throws IOException, InterruptedException {
    ask("read-tree", tree);
    // Without a working tree git looks for .gitignore in the index, if it is marked so.
    Path list = dir.resolve("names");
    try (OutputStream names = Files.newOutputStream(list, StandardOpenOption.CREATE)) {
      tellTo(names, "ls-files", "-z", "--", ":(glob)**/.gitignore");
    }
    withNothing(list, "update-index", "-z", "--skip-worktree", "--stdin");
    NameSet ignored = new NameSet();
    long[] count = new long[1];
    try (NulRecords records =
        new NulRecords(
            name -> {
              ignored.add(name);
              count[0]++;
            })) {
      told(
          "ls-files",
          tell(
              call -> call.withStdout(records).withEnv(withTree(call.env())),
              "ls-files",
              "-z",
              "--cached",
              "--ignored",
              "--exclude-standard"));
      records.check();
    }
    if (count[0] == 0) {
      return tree;
    }
    NameSet keep = new NameSet();
    for (String each : known) {
      each(name -> keep(name, ignored, keep), "ls-tree", "-r", "-z", "--name-only", each);
    }
    try (OutputStream names = Files.newOutputStream(list, StandardOpenOption.TRUNCATE_EXISTING)) {
      each(
          name -> {
            if (ignored.contains(name) && !keep.contains(name)) {
              write(names, name);
            }
          },
          "ls-files",
          "-z",
          "--cached");
    }
    withNothing(list, "update-index", "-z", "--force-remove", "--stdin");
    return ask("write-tree");
  }

  /**
   * Makes a commit that nobody has signed for.
   *
   * @param date of the author and of the committer
   */
  String commit(String parent, String tree, String message, Instant date)
      throws InterruptedException {
    ToolResult result =
        tell(
            call -> {
              Map<String, String> environment = new HashMap<>(call.env());
              for (String who : List.of("AUTHOR", "COMMITTER")) {
                environment.put("GIT_" + who + "_NAME", "banger");
                environment.put("GIT_" + who + "_EMAIL", "banger@localhost");
                environment.put("GIT_" + who + "_DATE", date.getEpochSecond() + " +0000");
              }
              return call.withEnv(environment);
            },
            "commit-tree",
            "--no-gpg-sign",
            "-p",
            parent,
            "-m",
            message,
            tree);
    return told("commit-tree", result).stripTrailing();
  }

  private static void keep(String name, NameSet ignored, NameSet keep) {
    if (ignored.contains(name)) {
      keep.add(name);
    }
  }

  private static void write(OutputStream names, String name) {
    try {
      names.write((name + '\0').getBytes(ISO_8859_1));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void tellTo(OutputStream out, String... words) throws InterruptedException {
    told(words[0], tell(call -> call.withStdout(out), words));
  }

  private void withNothing(Path list, String... words) throws IOException, InterruptedException {
    try (InputStream in = Files.newInputStream(list)) {
      told(words[0], tell(call -> call.withStdin(in).withEnv(withTree(call.env())), words));
    }
  }

  /** Some commands insist on a working tree: an empty one. */
  private Map<String, String> withTree(Map<String, String> environment) {
    Map<String, String> more = new HashMap<>(environment);
    more.put("GIT_WORK_TREE", dir.resolve("nothing").toString());
    return more;
  }

  Path dir() {
    return dir;
  }
}
