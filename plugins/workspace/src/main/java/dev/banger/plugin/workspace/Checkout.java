package dev.banger.plugin.workspace;

import dev.banger.api.CapabilityException;
import dev.banger.api.CapabilityHost;
import dev.banger.api.FailureKind;
import dev.banger.api.ToolCall;
import dev.banger.api.ToolResult;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Makes a second repository with its files, as the guest shall have it: the objects fetched, so
 * that nothing points back to the host, and a configuration that was never the user's.
 */
final class Checkout {
  private static final Duration COPY_LIMIT = Duration.ofMinutes(15);
  private static final int MAX_DEPTH = 8;

  private final CapabilityHost host;
  private final Git git;
  private final Path scratch;
  private final List<String> remarks = new ArrayList<>();
  private int copies;

  Checkout(CapabilityHost host, Git git, Path scratch) {
    this.host = host;
    this.git = git;
    this.scratch = scratch;
  }

  /** What somebody might miss in the guest. */
  List<String> remarks() {
    return List.copyOf(remarks);
  }

  /** Makes {@code target} from {@code source}. */
  void make(Source source, Path target, Mode mode, boolean uncommitted)
      throws IOException, InterruptedException {
    make(source, target, mode, uncommitted, 0);
  }

  private void make(Source source, Path target, Mode mode, boolean uncommitted, int depth)
      throws IOException, InterruptedException {
    Changes changes = uncommitted || mode == Mode.FULL ? Changes.of(git, source) : Changes.none();
    history(source, target, mode);
    files(source, target, changes);
    remotes(source, target);
    for (String name : changes.nested()) {
      remarks.add("left out the repository inside: " + Changes.shown(name));
    }
    if (mode == Mode.FULL) {
      submodules(source, target, depth);
    }
  }

  private void history(Source source, Path target, Mode mode)
      throws IOException, InterruptedException {
    Files.createDirectories(target);
    String branch = source.branch().orElse("main");
    git.run(
        target,
        "init",
        "-q",
        "--template=",
        "--object-format=" + source.objectFormat(),
        "--initial-branch=" + branch);
    List<String> fetch =
        new ArrayList<>(
            List.of(
                "-c",
                "protocol.file.allow=always",
                "-c",
                "fetch.unpackLimit=1",
                "-c",
                "fetch.fsckObjects=false",
                "fetch",
                "-q",
                "--update-head-ok",
                "--update-shallow",
                "--no-write-fetch-head",
                "--no-recurse-submodules"));
    if (mode == Mode.SHALLOW) {
      fetch.addAll(List.of("--depth=1", "--no-tags"));
    }
    fetch.add("--");
    fetch.add(source.root().toString());
    if (mode == Mode.FULL) {
      fetch.addAll(List.of("+refs/heads/*:refs/heads/*", "+refs/tags/*:refs/tags/*"));
    }
    if (source.branch().isEmpty()) {
      fetch.add("+HEAD:refs/banger/head");
    } else if (mode != Mode.FULL) {
      fetch.add("+HEAD:refs/heads/" + branch);
    }
    git.run(target, fetch.toArray(new String[0]));
    if (source.branch().isEmpty()) {
      git.run(target, "update-ref", "--no-deref", "HEAD", "refs/banger/head");
      git.run(target, "update-ref", "-d", "refs/banger/head");
    }
  }

  private void files(Source source, Path target, Changes changes)
      throws IOException, InterruptedException {
    git.run(target, "read-tree", "HEAD");
    Path index = scratch.resolve("index-" + copies++);
    git.runOn(target, index, Set.of(), "read-tree", "HEAD");
    if (!changes.outdated().isEmpty()) {
      git.runOn(
          target, index, changes.outdated(), "update-index", "-z", "--force-remove", "--stdin");
    }
    git.runOn(target, index, Set.of(), "checkout-index", "-a", "-f", "-q");
    if (!changes.present().isEmpty()) {
      copy(source.root(), target, changes.present());
    }
  }

  private void copy(Path from, Path to, Set<String> names)
      throws IOException, InterruptedException {
    Path list = Files.write(scratch.resolve("names"), NameList.bytes(names));
    Path archive = scratch.resolve("changes.tar");
    try {
      tar(
          from,
          "-c",
          "--hard-dereference",
          "--no-recursion",
          "--null",
          "--verbatim-files-from",
          "-T",
          list.toString(),
          "-f",
          archive.toString());
      tar(to, "-x", "-p", "-f", archive.toString());
    } finally {
      Files.deleteIfExists(list);
      Files.deleteIfExists(archive);
    }
  }

  /** Packs all of {@code target} with everything owned by root. */
  void pack(Path target, Path archive) throws InterruptedException {
    tar(
        target,
        "-c",
        "--format=gnu",
        "--hard-dereference",
        "--numeric-owner",
        "--owner=0",
        "--group=0",
        "--sort=name",
        "-f",
        archive.toString(),
        ".");
  }

  private void tar(Path dir, String... options) throws InterruptedException {
    List<String> argv = new ArrayList<>(List.of("tar"));
    argv.addAll(List.of(options));
    ToolResult result = host.run(ToolCall.of(COPY_LIMIT, argv).in(dir));
    if (!result.ok()) {
      throw new CapabilityException(
          FailureKind.HOST,
          "tar failed with exit code %d: %s"
              .formatted(
                  result.exitCode(), result.stderr().lines().findFirst().orElse("it said nothing")),
          "if files were being changed meanwhile, try again");
    }
  }

  private void remotes(Source source, Path target) throws InterruptedException {
    Map<String, String> known = new TreeMap<>();
    String listing =
        git.ask(source.root(), "config", "--local", "--get-regexp", "^remote\\..*\\.url$")
            .orElse("");
    for (String line : listing.lines().toList()) {
      int space = line.indexOf(' ');
      if (space > 0) {
        String key = line.substring(0, space);
        String name = key.substring("remote.".length(), key.length() - ".url".length());
        RemoteUrl.withoutCredentials(line.substring(space + 1))
            .ifPresent(url -> known.putIfAbsent(name, url));
      }
    }
    for (Map.Entry<String, String> remote : known.entrySet()) {
      String name = remote.getKey();
      git.run(target, "config", "--local", "remote." + name + ".url", remote.getValue());
      git.run(
          target,
          "config",
          "--local",
          "remote." + name + ".fetch",
          "+refs/heads/*:refs/remotes/" + name + "/*");
    }
  }

  private void submodules(Source source, Path target, int depth)
      throws IOException, InterruptedException {
    for (String line : git.list(source.root(), "ls-files", "-z", "--stage")) {
      if (!line.startsWith("160000 ")) {
        continue;
      }
      String name = Changes.shown(line.substring(line.indexOf('\t') + 1));
      Path inside = source.root().resolve(name);
      if (!Files.exists(inside.resolve(".git"))) {
        remarks.add("submodule is not checked out: " + name);
      } else if (depth >= MAX_DEPTH) {
        remarks.add("submodule is nested too deep: " + name);
      } else {
        make(Source.at(git, inside), target.resolve(name), Mode.FULL, true, depth + 1);
      }
    }
  }
}
