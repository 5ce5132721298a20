package dev.banger.plugin.workspace;

import dev.banger.api.CapabilityException;
import dev.banger.api.FailureKind;
import dev.banger.api.PluginContext;
import dev.banger.api.VmView;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a guest has made of its workspace, on this host but not yet in anything of the user's.
 *
 * @param source where it came from and goes back to
 * @param base what the guest was given: a commit or a tree
 * @param head the guest's last commit, where its git could say
 * @param tree of all the guest's files, without what is ignored
 */
record Review(
    Git git,
    Quarantine quarantine,
    Source source,
    Imported imported,
    String base,
    Optional<String> head,
    String tree,
    Difference difference,
    Commits commits,
    List<String> remarks,
    Path scratch) {
  private static final int MOST_ROWS = 1000;

  static Review of(PluginContext context, VmView vm, Imported imported, Limits limits, Path scratch)
      throws Exception {
    Git git = Git.in(context.host(), scratch);
    Source source = source(git, imported);
    List<Path> kept = Baseline.objects(context, vm, imported.dest());
    Quarantine quarantine = Quarantine.make(git, scratch.resolve("quarantine"), source, kept);
    String base = base(quarantine, imported);
    GuestTree guest = new GuestTree(context, vm, quarantine, scratch, limits);
    GuestTree.Taken taken = guest.take(imported);
    List<String> remarks = new ArrayList<>(guest.remarks());

    // Names first: what is no honest name shall not even be in an index.
    Difference.between(quarantine, base, taken.tree());
    List<String> known = new ArrayList<>(List.of(base, imported.commit()));
    taken.head().ifPresent(known::add);
    String tree = quarantine.withoutIgnored(taken.tree(), known);
    Commits commits =
        taken.head().isPresent()
            ? Commits.since(quarantine, imported.commit(), taken.head().get())
            : Commits.none();
    if (!commits.descend()) {
      remarks.add(
          "the history in the VM was rewritten: it no longer goes on from "
              + imported.commit().substring(0, 10));
    }
    return new Review(
        git,
        quarantine,
        source,
        imported,
        base,
        taken.head(),
        tree,
        Difference.between(quarantine, base, tree),
        commits,
        remarks,
        scratch);
  }

  private static Source source(Git git, Imported imported) throws InterruptedException {
    Path root = Path.of(imported.source());
    if (!Files.isDirectory(root)) {
      throw new CapabilityException(
          FailureKind.NOT_FOUND,
          "the repository is no longer at " + root,
          "name the place where it is now: --repo PATH");
    }
    return Source.at(git, root);
  }

  private static String base(Quarantine quarantine, Imported imported) throws InterruptedException {
    if (!quarantine.holds("cat-file", "-e", imported.commit() + "^{commit}")) {
      throw new CapabilityException(
          FailureKind.ILLEGAL_STATE,
          "commit %s, which the workspace began with, is no longer in %s"
              .formatted(imported.commit().substring(0, 10), imported.source()),
          "name a repository that has it: --repo PATH; or copy files with banger vm cp");
    }
    String base = imported.tree().orElse(imported.commit());
    if (!quarantine.holds("cat-file", "-e", base + "^{tree}")) {
      throw new CapabilityException(
          FailureKind.ILLEGAL_STATE,
          "the uncommitted files that went into the VM are no longer known",
          "copy files with banger vm cp");
    }
    return base;
  }

  boolean isEmpty() {
    return difference.isEmpty() && commits.count() == 0;
  }

  /** For example {@code 3 files, 1 commit}. */
  String words() {
    return difference.words() + (commits.count() == 0 ? "" : ", " + commits.words());
  }

  /** What people and programs are told, whatever becomes of it. */
  Map<String, Object> fields() throws Exception {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("files", difference.files());
    fields.put("insertions", difference.insertions());
    fields.put("deletions", difference.deletions());
    fields.put("changed", difference.changes().stream().limit(MOST_ROWS).map(Change::row).toList());
    fields.put("truncated", difference.files() > MOST_ROWS);
    fields.put("commits", commits.rows());
    fields.put("commitCount", commits.count());
    fields.put("warnings", Warnings.of(difference, quarantine));
    return fields;
  }
}
