package dev.banger.plugin.workspace;

import dev.banger.api.CapabilityException;
import dev.banger.api.FailureKind;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * A repository with a working tree on the host.
 *
 * @param root top of the working tree
 * @param head full id of the commit
 * @param branch empty when HEAD is detached
 * @param objectFormat {@code sha1} or {@code sha256}
 */
record Source(Path root, String head, Optional<String> branch, String objectFormat) {
  private static final String HEADS = "refs/heads/";

  static Source at(Git git, Path path) throws InterruptedException {
    if (!Files.isDirectory(path)) {
      throw new CapabilityException(
          FailureKind.NOT_FOUND,
          path + (Files.exists(path) ? " is not a directory" : " does not exist on this host"),
          "name a directory inside a git repository");
    }
    Optional<String> bare = git.ask(path, "rev-parse", "--is-bare-repository");
    if (bare.isEmpty()) {
      throw new CapabilityException(
          FailureKind.INVALID,
          path + " is not in a git repository",
          "git init there and commit, or copy files with banger vm cp");
    }
    String root = git.ask(path, "rev-parse", "--show-toplevel").orElse("");
    if (bare.get().equals("true") || root.isEmpty()) {
      throw new CapabilityException(
          FailureKind.INVALID,
          path + " is in a bare repository, which has no files to work on",
          "name a checkout of it: git clone " + path);
    }
    requireOwnFiles(git, path, root);
    // Not HEAD^{commit}: looking at an object may fetch it, and run what the repository says.
    String head =
        git.ask(path, "rev-parse", "--verify", "-q", "HEAD")
            .orElseThrow(
                () ->
                    new CapabilityException(
                        FailureKind.ILLEGAL_STATE,
                        "the repository at " + root + " has no commits yet",
                        "commit something first"));
    return new Source(
        Path.of(root),
        head,
        git.ask(path, "symbolic-ref", "-q", "HEAD")
            .filter(name -> name.startsWith(HEADS))
            .map(name -> name.substring(HEADS.length())),
        git.ask(path, "rev-parse", "--show-object-format").orElse("sha1"));
  }

  /** Where something of its git directory is, for example {@code objects}; absolute. */
  Path place(Git git, String name) throws InterruptedException {
    Optional<String> path =
        git.ask(root, "rev-parse", "--path-format=absolute", "--git-path", name);
    return Path.of(
        path.orElseThrow(
            () ->
                new CapabilityException(
                    FailureKind.HOST,
                    "git does not say where the %s of %s is".formatted(name, root),
                    "banger needs git 2.39 or newer")));
  }

  /** A configuration can claim any directory of the host as files of its repository. */
  private static void requireOwnFiles(Git git, Path path, String root) throws InterruptedException {
    Optional<String> here = git.ask(path, "rev-parse", "--absolute-git-dir");
    if (here.isEmpty() || !here.equals(git.ask(Path.of(root), "rev-parse", "--absolute-git-dir"))) {
      throw new CapabilityException(
          FailureKind.INVALID,
          "the repository at %s claims the files of %s, where no .git leads to it"
              .formatted(path, root),
          "look at core.worktree in its configuration");
    }
  }

  /** For people: the branch, or the start of the commit. */
  String where() {
    return branch.map(name -> "branch " + name).orElse("at " + head.substring(0, 10));
  }
}
