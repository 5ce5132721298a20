package dev.banger.plugin.workspace;

import dev.banger.api.CapabilityHost;
import dev.banger.tar.TarWriter;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** One repository with its files, read and ready to be written into an archive. */
final class Cargo {
  /** How many converted files there are at a time in the scratch directory. */
  private static final int BATCH = 100;

  /** Of a path in Linux, in bytes. */
  private static final int LONGEST_LINK = 4095;

  private final CapabilityHost host;
  private final Window window;
  private final String prefix;
  private final Snapshot snapshot;
  private final Skeleton skeleton;
  private final Path scratch;
  private final List<String> remarks;
  private final long now = System.currentTimeMillis() / 1000;
  private final Set<String> directories = new HashSet<>();
  private long files;

  /**
   * @param prefix of all names, empty or ending in a slash
   * @param scratch a directory of its own
   */
  Cargo(
      CapabilityHost host,
      Window window,
      String prefix,
      Snapshot snapshot,
      Skeleton skeleton,
      Path scratch,
      List<String> remarks) {
    this.host = host;
    this.window = window;
    this.prefix = prefix;
    this.snapshot = snapshot;
    this.skeleton = skeleton;
    this.scratch = scratch;
    this.remarks = remarks;
  }

  String prefix() {
    return prefix;
  }

  Window window() {
    return window;
  }

  Skeleton skeleton() {
    return skeleton;
  }

  Snapshot snapshot() {
    return snapshot;
  }

  /** Regular files and links written so far. */
  long files() {
    return files;
  }

  void write(TarWriter tar) throws IOException, InterruptedException {
    parents(tar, prefix);
    skeleton.write(tar, prefix, now);
    List<Listing.Entry> converted = new ArrayList<>();
    try (InputStream ids = snapshot.files().stream(each -> isStored(each) ? each.id() + "\n" : "");
        Running git =
            Running.of(
                host, window.call("cat-file", "--batch", "--buffer").withStdin(ids), "cat-file");
        Listing.Reader reader = snapshot.files().open()) {
      Blobs blobs = new Blobs(git.out());
      try {
        for (Listing.Entry each = reader.next(); each != null; each = reader.next()) {
          write(tar, each, blobs, converted);
        }
      } catch (IOException e) {
        git.insist();
        throw e;
      }
    }
    flush(tar, converted);
  }

  private boolean isStored(Listing.Entry each) {
    return each.isLink()
        || (each.isFile()
            && !snapshot.present().contains(each.name())
            && !snapshot.converted().contains(each.name()));
  }

  private void write(TarWriter tar, Listing.Entry each, Blobs blobs, List<Listing.Entry> converted)
      throws IOException, InterruptedException {
    String path = prefix + each.name();
    parents(tar, path);
    if (each.isSubmodule()) {
      if (directories.add(path)) {
        tar.directory(path, 0755, now);
      }
    } else if (each.isLink()) {
      try (Blobs.Blob blob = blobs.next(each)) {
        link(tar, path, blob);
      }
    } else if (snapshot.present().contains(each.name())) {
      files += snapshot.working().add(tar, path, each.name(), remarks) ? 1 : 0;
    } else if (snapshot.converted().contains(each.name())) {
      converted.add(each);
      if (converted.size() == BATCH) {
        flush(tar, converted);
      }
    } else {
      try (Blobs.Blob blob = blobs.next(each)) {
        tar.file(path, blob, blob.size(), mode(each), now);
        files++;
      }
    }
  }

  private static int mode(Listing.Entry each) {
    return each.mode().equals("100755") ? 0755 : 0644;
  }

  private void link(TarWriter tar, String path, Blobs.Blob blob) throws IOException {
    String target = blob.size() > LONGEST_LINK ? "" : Blobs.text(blob);
    if (target.isEmpty() || target.indexOf('\0') >= 0) {
      remarks.add("left out a link that leads nowhere in particular: " + Names.shown(path));
    } else {
      tar.link(path, target, now);
      files++;
    }
  }

  private void parents(TarWriter tar, String path) throws IOException {
    for (int cut = path.indexOf('/'); cut >= 0; cut = path.indexOf('/', cut + 1)) {
      String parent = path.substring(0, cut);
      if (directories.add(parent)) {
        tar.directory(parent, 0755, now);
      }
    }
  }

  /** Git does the converting, a few files at a time. */
  private void flush(TarWriter tar, List<Listing.Entry> converted)
      throws IOException, InterruptedException {
    if (converted.isEmpty()) {
      return;
    }
    Set<String> names = new HashSet<>();
    converted.forEach(each -> names.add(each.name()));
    Path out = Files.createTempDirectory(scratch, "converted");
    try {
      window.insist(
          window.on(
              snapshot.index(),
              "checkout-index",
              "-q",
              "-f",
              "-z",
              "--stdin",
              "--prefix=" + out + "/"),
          names,
          "checkout-index");
      for (Listing.Entry each : converted) {
        Path file = BytePath.of(out, each.name());
        try (InputStream content = Files.newInputStream(file)) {
          tar.file(prefix + each.name(), content, Files.size(file), mode(each), now);
          files++;
        }
      }
    } finally {
      Scratch.deleteTree(out);
    }
    converted.clear();
  }
}
