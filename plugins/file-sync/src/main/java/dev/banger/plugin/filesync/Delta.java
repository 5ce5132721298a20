package dev.banger.plugin.filesync;

import dev.banger.api.CapabilityException;
import dev.banger.api.FailureKind;
import dev.banger.api.VmView;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * What a guest lacks of a plan. A file is as it should be when its size, its time to the second,
 * its permissions and its owner are; what it contains is not looked at.
 */
final class Delta {
  private final VmView vm;
  private final List<String> directories = new ArrayList<>();
  private final List<Node> files = new ArrayList<>();
  private int unchanged;
  private long bytes;

  private Delta(VmView vm) {
    this.vm = vm;
  }

  /**
   * @throws CapabilityException of kind CONFLICT: the guest has something else in the way
   */
  static Delta of(Plan plan, Map<String, Listing.Seen> guest, VmView vm) {
    Delta delta = new Delta(vm);
    plan.nodes().values().forEach(node -> delta.compare(node, guest.get(node.guest())));
    return delta;
  }

  /** As {@link Scripts#DIRECTORIES} takes them. */
  List<String> directories() {
    return directories;
  }

  /** Files and links to send. */
  List<Node> files() {
    return files;
  }

  int unchanged() {
    return unchanged;
  }

  /** To send. */
  long bytes() {
    return bytes;
  }

  boolean isEmpty() {
    return directories.isEmpty() && files.isEmpty();
  }

  private void compare(Node node, Listing.Seen seen) {
    switch (node) {
      case Node.Directory directory -> directory(directory, seen);
      case Node.Plain file -> {
        if (seen != null
            && seen.isFile()
            && seen.bits() == file.mode()
            && seen.owner().equals(Scripts.OWNER)
            && seen.size() == file.size()
            && seen.seconds() == file.seconds()) {
          unchanged++;
        } else {
          send(node, seen);
          bytes += file.size();
        }
      }
      case Node.Link link -> {
        if (seen != null && seen.isLink() && seen.target().equals(link.target())) {
          unchanged++;
        } else {
          send(node, seen);
        }
      }
    }
  }

  private void send(Node node, Listing.Seen seen) {
    if (seen != null && seen.isDirectory()) {
      throw inTheWay(node, "a directory");
    }
    files.add(node);
  }

  private void directory(Node.Directory directory, Listing.Seen seen) {
    if (seen != null && !seen.isDirectory()) {
      throw inTheWay(directory, seen.isLink() ? "a link" : "a file");
    }
    boolean isAsItShould =
        seen != null
            && (!directory.isOurs()
                || (seen.bits() == directory.mode() && seen.owner().equals(Scripts.OWNER)));
    if (!isAsItShould) {
      directories.add(
          "%s%04o:%s"
              .formatted(directory.isOurs() ? "s" : "k", directory.mode(), directory.guest()));
    }
  }

  private CapabilityException inTheWay(Node node, String what) {
    return new CapabilityException(
        FailureKind.CONFLICT,
        "VM %s has %s at %s, where %s needs a %s; it is left alone"
            .formatted(
                vm.name(),
                what,
                Text.guest(node.guest()),
                node.source().title(),
                node instanceof Node.Directory ? "directory" : "file"),
        "remove it in the guest, or change the entry; to start the VM without: banger plugin disable file-sync");
  }
}
