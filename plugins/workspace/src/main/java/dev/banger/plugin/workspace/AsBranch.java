package dev.banger.plugin.workspace;

import dev.banger.api.CapabilityException;
import dev.banger.api.FailureKind;
import dev.banger.api.PluginStore;
import dev.banger.api.ToolResult;
import dev.banger.api.VmView;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/**
 * Brings commits into the user's repository: their objects and one reference, nothing else. No
 * fetch: that obeys configuration, and follows tags.
 */
final class AsBranch {
  private final Git git;
  private final Source source;
  private final Quarantine quarantine;
  private final VmView vm;
  private final PluginStore store;

  AsBranch(Git git, Source source, Quarantine quarantine, VmView vm, PluginStore store) {
    this.git = git;
    this.source = source;
    this.quarantine = quarantine;
    this.vm = vm;
    this.store = store;
  }

  /**
   * What became of the branch.
   *
   * @param before where it was; empty when there was none
   */
  record Outcome(String branch, String tip, Optional<String> before) {
    boolean isNew() {
      return !before.equals(Optional.of(tip));
    }
  }

  /** Refuses early what would be refused in the end. */
  Optional<String> check(String branch) throws IOException, InterruptedException {
    if (branch.startsWith("-")
        || git.ask(source.root(), "check-ref-format", "refs/heads/" + branch).isEmpty()) {
      throw new CapabilityException(
          FailureKind.INVALID,
          "\"%s\" is not a name for a branch".formatted(Names.clean(branch)),
          "--to " + "banger/" + vm.name());
    }
    String worktree = "";
    for (String line : git.list(source.root(), "worktree", "list", "--porcelain", "-z")) {
      if (line.startsWith("worktree ")) {
        worktree = Names.shown(line.substring("worktree ".length()));
      } else if (line.equals("branch refs/heads/" + latin(branch))) {
        throw new CapabilityException(
            FailureKind.CONFLICT,
            "branch %s is checked out in %s and is not moved under it".formatted(branch, worktree),
            "--to another name");
      }
    }
    return git.ask(source.root(), "rev-parse", "--verify", "-q", "refs/heads/" + branch);
  }

  private static String latin(String text) {
    return new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
  }

  /**
   * @param parent the guest's last commit
   * @param tree all its files
   * @param base the commit it began with
   */
  Outcome write(
      String branch, Optional<String> before, String parent, String tree, String base, Path scratch)
      throws Exception {
    String tip = tip(before, parent, tree);
    if (before.equals(Optional.of(tip))) {
      return new Outcome(branch, tip, before);
    }
    if (before.isPresent()) {
      requireOurs(branch, before.get(), tip);
    }
    bringObjects(tip, base, scratch.resolve("export.pack"));
    String zeros = "0".repeat(tip.length());
    ToolResult moved =
        git.tell(
            source.root(),
            call -> call,
            List.of(
                "update-ref",
                "--no-deref",
                "-m",
                "banger: export of VM " + vm.name(),
                "refs/heads/" + branch,
                tip,
                before.orElse(zeros)));
    if (!moved.ok()) {
      throw new CapabilityException(
          FailureKind.CONFLICT,
          "branch %s could not be set: %s".formatted(branch, moved.stderr().strip()),
          "--to another name");
    }
    store.put(key(branch), new Exported(source.root().toString(), branch, tip));
    return new Outcome(branch, tip, before);
  }

  /** The guest's last commit, or one on top of it with what is not committed. */
  private String tip(Optional<String> before, String parent, String tree)
      throws InterruptedException {
    if (quarantine.ask("rev-parse", parent + "^{tree}").equals(tree)) {
      return parent;
    }
    if (before.isPresent()
        && quarantine
            .ask("log", "-1", "--no-show-signature", "--format=%T %P", before.get())
            .equals(tree + " " + parent)
        && isOurs(before.get())) {
      return before.get();
    }
    return quarantine.commit(
        parent, tree, "Uncommitted changes in VM %s\n".formatted(vm.name()), Instant.now());
  }

  private boolean isOurs(String tip) {
    return store.keys("export-").stream()
        .map(key -> store.get(key, Exported.class))
        .flatMap(Optional::stream)
        .anyMatch(
            known ->
                known.tip().equals(tip) && known.repository().equals(source.root().toString()));
  }

  /** What an export wrote may be replaced: all of it came from the VM. */
  private void requireOurs(String branch, String before, String tip) throws InterruptedException {
    boolean isForward = quarantine.holds("merge-base", "--is-ancestor", before, tip);
    if (!isForward && !isOurs(before)) {
      throw new CapabilityException(
          FailureKind.CONFLICT,
          "branch %s has commits that are not from VM %s (%s); it is left alone"
              .formatted(branch, vm.name(), before.substring(0, 10)),
          "--to another name; or: git branch -m %s something-else".formatted(branch));
    }
  }

  private void bringObjects(String tip, String base, Path pack) throws Exception {
    byte[] revisions = (tip + "\n^" + base + "\n").getBytes(StandardCharsets.US_ASCII);
    try (OutputStream out = Files.newOutputStream(pack)) {
      quarantine.print(
          new ByteArrayInputStream(revisions),
          out,
          "pack-objects",
          "--revs",
          "--stdout",
          "--delta-base-offset",
          "-q");
    }
    try (InputStream in = Files.newInputStream(pack)) {
      ToolResult taken =
          git.tell(
              source.root(),
              call -> call.withStdin(in),
              List.of("-c", "pack.threads=1", "index-pack", "--stdin", "--strict"));
      if (!taken.ok()) {
        throw new CapabilityException(
            FailureKind.GUEST,
            "git refuses the guest's commits: "
                + Names.clean(taken.stderr().strip().lines().findFirst().orElse("it said nothing")),
            "nothing was exported; --as patch takes the files alone");
      }
    } finally {
      Files.deleteIfExists(pack);
    }
  }

  private static String key(String branch) {
    long hash = 0xcbf29ce484222325L;
    for (byte each : branch.getBytes(StandardCharsets.UTF_8)) {
      hash = (hash ^ (each & 0xff)) * 0x100000001b3L;
    }
    return "export-" + HexFormat.of().toHexDigits(hash);
  }
}
