package dev.banger.plugin.workspace;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.banger.api.CapabilityException;
import dev.banger.api.FailureKind;
import dev.banger.api.ToolCall;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A repository of our own through which a source is looked at: it borrows the objects of the source
 * and knows nothing of its configuration. So no filter, no file system monitor, no fetch of missing
 * objects and no command that the source names can be run, whatever it is called.
 */
final class Window {
  /** Refuses every transport, should git think of one. */
  private static final Map<String, String> ALONE = Map.of("GIT_ALLOW_PROTOCOL", "none");

  /** Settings of the source that say what its files mean. None names a command. */
  private static final List<String> MEANINGS =
      List.of("core.fileMode", "core.symlinks", "core.sparseCheckout");

  private final Git git;
  private final Source source;
  private final Path dir;
  private final Path objects;
  private final Path nowhere;
  private final Path index;
  private final List<String> meanings = new ArrayList<>();

  private Window(Git git, Source source, Path dir, Path objects, Path nowhere, Path index) {
    this.git = git;
    this.source = source;
    this.dir = dir;
    this.objects = objects;
    this.nowhere = nowhere;
    this.index = index;
  }

  /**
   * @param dir made
   */
  static Window onto(Git git, Source source, Path dir) throws IOException, InterruptedException {
    Path objects = source.place(git, "objects");
    Baseline.make(git, dir, source, List.of(objects));
    Path nowhere = Files.createDirectory(dir.resolve("nowhere"));
    Window window = new Window(git, source, dir, objects, nowhere, source.place(git, "index"));
    window.requireHead();
    window.takeMeanings();
    return window;
  }

  private void requireHead() throws InterruptedException {
    if (!git.holds(call("cat-file", "-e", source.head() + "^{commit}"))) {
      throw new CapabilityException(
          FailureKind.ILLEGAL_STATE,
          "commit %s of the repository at %s is not there".formatted(source.head(), source.root()),
          "git fsck there says what is missing");
    }
    git.insistOn(call("update-ref", "--no-deref", "HEAD", source.head()), "update-ref");
  }

  private void takeMeanings() throws IOException, InterruptedException {
    for (String key : MEANINGS) {
      git.ask(source.root(), "config", "--type=bool", "--get", key)
          .ifPresent(value -> meanings.addAll(List.of("-c", key + "=" + value)));
    }
    git.ask(source.root(), "config", "--type=path", "--get", "core.excludesFile")
        .ifPresent(value -> meanings.addAll(List.of("-c", "core.excludesFile=" + value)));
    if (index.getParent() == null || !Files.isDirectory(index.getParent())) {
      return;
    }
    // A split index has its other half beside it.
    try (DirectoryStream<Path> halves =
        Files.newDirectoryStream(index.getParent(), "sharedindex.*")) {
      for (Path half : halves) {
        Files.createSymbolicLink(dir.resolve(half.getFileName()), half);
      }
    }
  }

  Source source() {
    return source;
  }

  Path dir() {
    return dir;
  }

  /** Removes what was needed to look, so that the rest can be kept as a {@link Baseline}. */
  void clear() throws IOException {
    Files.deleteIfExists(nowhere);
    Files.deleteIfExists(dir.resolve("info/exclude"));
    try (DirectoryStream<Path> halves = Files.newDirectoryStream(dir, "sharedindex.*")) {
      for (Path half : halves) {
        Files.delete(half);
      }
    }
  }

  /** The objects alone. */
  ToolCall call(String... words) {
    return callWith(Map.of(), words);
  }

  /** The objects alone, with more in the environment. */
  ToolCall callWith(Map<String, String> more, String... words) {
    Map<String, String> all = new HashMap<>(environment(more));
    all.put("GIT_DIR", dir.toString());
    return git.calling(dir, all, List.of(words));
  }

  /** Where the objects of the source are. */
  Path objects() {
    return objects;
  }

  /** With an index, and an empty directory for files. */
  ToolCall on(Path other, String... words) {
    return git.calling(
        nowhere,
        environment(
            Map.of(
                "GIT_DIR", dir.toString(),
                "GIT_WORK_TREE", nowhere.toString(),
                "GIT_INDEX_FILE", other.toString())),
        List.of(words));
  }

  /** With an index, and the files of the source. */
  ToolCall onFiles(Path other, String... words) {
    List<String> all = new ArrayList<>(meanings);
    all.addAll(List.of(words));
    return git.calling(
        source.root(),
        environment(
            Map.of(
                "GIT_DIR", dir.toString(),
                "GIT_WORK_TREE", source.root().toString(),
                "GIT_INDEX_FILE", other.toString())),
        all);
  }

  /** A listing of names by the index of the source and its files. */
  Set<String> list(String... words) throws IOException, InterruptedException {
    return git.names(onFiles(index, words), words[0]);
  }

  void insist(ToolCall call, Set<String> names, String what) throws InterruptedException {
    git.insistOn(call.withStdin(Git.listOf(names)), what);
  }

  /** What it printed, without the last line feed. */
  String said(ToolCall call, String what) throws InterruptedException {
    return git.insistOn(call, what).stdout().stripTrailing();
  }

  /** All it printed. */
  byte[] output(ToolCall call, String what) throws InterruptedException {
    return git.output(call, what);
  }

  String text(ToolCall call, String what) throws InterruptedException {
    return new String(output(call, what), ISO_8859_1);
  }

  String treeOfHead() throws InterruptedException {
    return said(call("rev-parse", source.head() + "^{tree}"), "rev-parse");
  }

  /** The index of a tree, with nothing known of files. */
  void readInto(Path other, String tree) throws InterruptedException {
    git.insistOn(on(other, "read-tree", tree), "read-tree");
  }

  private static Map<String, String> environment(Map<String, String> more) {
    Map<String, String> all = new HashMap<>(ALONE);
    all.putAll(more);
    return all;
  }
}
