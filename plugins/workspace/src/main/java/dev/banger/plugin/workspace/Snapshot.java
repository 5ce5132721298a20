package dev.banger.plugin.workspace;

import dev.banger.api.CapabilityHost;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Optional;
import java.util.Set;

/**
 * The files of a repository as a guest gets them.
 *
 * @param index that lists all of them
 * @param present names of those that go as they are in the working tree
 * @param converted names of those that a checkout writes otherwise than they are stored
 * @param tree id of all files, when it is not that of HEAD; its objects are in the window
 */
record Snapshot(
    Path index,
    Listing files,
    Set<String> present,
    Set<String> converted,
    WorkingFiles working,
    Optional<String> tree) {

  /**
   * @param head index of HEAD
   * @param scratch a directory of its own
   */
  static Snapshot of(CapabilityHost host, Window window, Changes changes, Path head, Path scratch)
      throws IOException, InterruptedException {
    WorkingFiles working = new WorkingFiles(window.source().root());
    Path index = head;
    Optional<String> tree = Optional.empty();
    if (!changes.isNone()) {
      index = Files.copy(head, scratch.resolve("index-all"), StandardCopyOption.REPLACE_EXISTING);
      changes.present().forEach(working::see);
      window.insist(
          window.on(index, "update-index", "-z", "--force-remove", "--stdin"),
          changes.outdated(),
          "update-index");
      window.insist(
          window.onFiles(index, "update-index", "-z", "--add", "--replace", "--stdin"),
          changes.present(),
          "update-index");
      tree = Optional.of(window.said(window.on(index, "write-tree", "--missing-ok"), "write-tree"));
      if (tree.get().equals(window.treeOfHead())) {
        tree = Optional.empty();
      }
    }
    Listing files = Listing.of(host, window, index, scratch.resolve("listing"));
    return new Snapshot(
        index, files, changes.present(), Conversions.of(host, window, index, files), working, tree);
  }
}
