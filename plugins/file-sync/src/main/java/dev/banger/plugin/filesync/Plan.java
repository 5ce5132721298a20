package dev.banger.plugin.filesync;

import dev.banger.api.CapabilityException;
import dev.banger.api.FailureKind;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * All that guests are to have, as it is on the host now. What two entries give, the later gives.
 */
final class Plan {
  /** As far as an archive has it: 11 octal digits. */
  static final long LATEST = 0x1_ffff_ffffL;

  private static final int ON_THE_WAY = 0755;
  private static final int MOST_REMARKS = 50;

  private final FileSyncSettings settings;
  private final Map<String, Node> nodes = new LinkedHashMap<>();
  private final List<String> skipped = new ArrayList<>();
  private final List<String> remarks = new ArrayList<>();
  private int beyond;
  private long bytes;

  Plan(FileSyncSettings settings) {
    this.settings = settings;
  }

  /** Directories come before what is in them. */
  Map<String, Node> nodes() {
    return nodes;
  }

  /** What is not copied, and why; each a clause for people. */
  List<String> skipped() {
    List<String> all = new ArrayList<>(skipped);
    if (beyond > 0) {
      all.add("and %d more".formatted(beyond));
    }
    return all;
  }

  /** What else is worth a line. */
  List<String> remarks() {
    return remarks;
  }

  /** Of all files. */
  long bytes() {
    return bytes;
  }

  /** Files and links. */
  int files() {
    return (int) nodes.values().stream().filter(node -> !(node instanceof Node.Directory)).count();
  }

  void skip(Source source, String why) {
    if (skipped.size() < MOST_REMARKS) {
      skipped.add(source.title() + ": " + why);
    } else {
      beyond++;
    }
  }

  void remark(Source source, String what) {
    if (remarks.size() < MOST_REMARKS) {
      remarks.add(source.title() + ": " + what);
    }
  }

  void add(Node node) {
    String guest = node.guest();
    for (int slash = guest.indexOf('/'); slash >= 0; slash = guest.indexOf('/', slash + 1)) {
      String above = guest.substring(0, slash);
      put(
          nodes.get(above) instanceof Node.Directory known
              ? known
              : new Node.Directory(above, node.source(), ON_THE_WAY, false));
    }
    put(node);
  }

  private void put(Node node) {
    Node before = nodes.get(node.guest());
    if (before != null && before instanceof Node.Directory != node instanceof Node.Directory) {
      throw new CapabilityException(
          FailureKind.INVALID,
          "%s gives a %s and %s a %s for %s of guests"
              .formatted(
                  before.source().title(),
                  word(before),
                  node.source().title(),
                  word(node),
                  Text.guest(node.guest())),
          "change one of them: banger config path");
    }
    if (before instanceof Node.Plain file) {
      bytes -= file.size();
    }
    if (node instanceof Node.Plain file) {
      bytes += file.size();
      limit(node, "a file of", mib(file.size()), settings.maxFileMib(), "MiB", "max_file_mib");
    }
    nodes.put(node.guest(), node);
    limit(node, "in all", nodes.size(), settings.maxFiles(), "files", "max_files");
    limit(node, "in all", mib(bytes), settings.maxTotalMib(), "MiB", "max_total_mib");
  }

  private static String word(Node node) {
    return node instanceof Node.Directory ? "directory" : "file";
  }

  /** Rounded up. */
  private static long mib(long bytes) {
    return (bytes + (1 << 20) - 1) >> 20;
  }

  private static void limit(Node node, String what, long is, int most, String unit, String key) {
    if (is <= most) {
      return;
    }
    boolean isOne = node instanceof Node.Plain && key.equals("max_file_mib");
    throw new CapabilityException(
        FailureKind.INVALID,
        isOne
            ? "%s: %s has %d %s, and a file may have %d"
                .formatted(
                    node.source().title(), Text.shown(((Node.Plain) node).path()), is, unit, most)
            : "%s: with %s it is %d %s %s or more, and %d may be copied"
                .formatted(
                    node.source().title(), Text.shown(node.source().host()), is, unit, what, most),
        "name less of it, or raise %s under [plugins.file-sync] and: banger plugin reload file-sync"
            .formatted(key));
  }
}
