package dev.banger.plugin.workspace;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.banger.api.CapabilityHost;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** A repository, and with a full copy those inside it, read and ready to be sent. */
final class Shipment {
  private static final int MAX_DEPTH = 8;

  private final CapabilityHost host;
  private final Git git;
  private final Path scratch;
  private final long large;
  private final GuestGit guestGit;
  private final List<Cargo> cargos = new ArrayList<>();
  private final List<String> remarks = new ArrayList<>();

  /** Asked at most when there is something large. */
  @FunctionalInterface
  interface GuestGit {
    boolean isThere() throws InterruptedException;
  }

  /**
   * @param large from how many bytes on a history goes to a guest that has git without being
   *     written to the host's disk first
   */
  Shipment(CapabilityHost host, Git git, Path scratch, long large, GuestGit guestGit) {
    this.host = host;
    this.git = git;
    this.scratch = scratch;
    this.large = large;
    this.guestGit = guestGit;
  }

  /** What somebody might miss in the guest; grows while it is sent. */
  List<String> remarks() {
    return remarks;
  }

  /** The first one is the repository itself. */
  List<Cargo> cargos() {
    return cargos;
  }

  void load(Source source, Mode mode, boolean uncommitted)
      throws IOException, InterruptedException {
    load(source, "", mode, uncommitted, 0);
  }

  private void load(Source source, String prefix, Mode mode, boolean uncommitted, int depth)
      throws IOException, InterruptedException {
    Path own = Files.createDirectory(scratch.resolve("cargo-" + cargos.size()));
    Window window = Window.onto(git, source, own.resolve("window"));
    Remotes remotes = Remotes.of(git, source);
    History history = History.of(window, mode, refs(source, mode), remotes.promisor().isPresent());
    Changes changes = uncommitted || mode == Mode.FULL ? Changes.of(window) : Changes.none();
    remarks.addAll(changes.remarks());
    Path index = own.resolve("index");
    window.readInto(index, source.head());
    Snapshot snapshot = Snapshot.of(host, window, changes, index, own);
    Skeleton skeleton =
        new Skeleton(history, remotes.config(source.objectFormat()), index, pack(history, own));
    cargos.add(new Cargo(host, window, prefix, snapshot, skeleton, own, remarks));
    if (mode == Mode.FULL) {
      submodules(window, prefix, depth);
    }
  }

  private Optional<Path> pack(History history, Path own) throws IOException, InterruptedException {
    if (history.isLarger(large)) {
      if (guestGit.isThere()) {
        return Optional.empty();
      }
      History.requireRoom(own, history.size());
    }
    Path dir = Files.createDirectory(own.resolve("pack"));
    history.packInto(dir);
    return Optional.of(dir);
  }

  private Map<String, String> refs(Source source, Mode mode) throws InterruptedException {
    Map<String, String> refs = new TreeMap<>();
    if (mode == Mode.FULL) {
      byte[] listing =
          git.output(
              git.calling(
                  source.root(),
                  Map.of("GIT_ALLOW_PROTOCOL", "none"),
                  List.of(
                      "for-each-ref",
                      "--format=%(objectname) %(refname)",
                      "refs/heads",
                      "refs/tags")),
              "for-each-ref");
      for (String line : new String(listing, UTF_8).lines().toList()) {
        int space = line.indexOf(' ');
        refs.put(line.substring(space + 1), line.substring(0, space));
      }
    }
    source.branch().ifPresent(branch -> refs.put("refs/heads/" + branch, source.head()));
    return refs;
  }

  private void submodules(Window window, String prefix, int depth)
      throws IOException, InterruptedException {
    Source source = window.source();
    for (String line : window.list("ls-files", "-z", "--stage")) {
      if (!line.startsWith("160000 ")) {
        continue;
      }
      String name = line.substring(line.indexOf('\t') + 1);
      String shown = Names.shown(name);
      Path inside = BytePath.of(source.root(), name);
      if (!Changes.isReached(source.root(), name)
          || !Files.isDirectory(inside, LinkOption.NOFOLLOW_LINKS)
          || !Files.exists(inside.resolve(".git"), LinkOption.NOFOLLOW_LINKS)) {
        remarks.add("submodule is not checked out: " + shown);
      } else if (!isItsOwn(source, inside)) {
        remarks.add("left out a submodule whose .git leads elsewhere: " + shown);
      } else if (depth >= MAX_DEPTH) {
        remarks.add("submodule is nested too deep: " + shown);
      } else {
        load(Source.at(git, inside), prefix + name + "/", Mode.FULL, true, depth + 1);
      }
    }
  }

  /** Another repository of the host is not to be had by a {@code .git} that leads there. */
  private boolean isItsOwn(Source source, Path inside) throws IOException, InterruptedException {
    Optional<String> dir = git.ask(inside, "rev-parse", "--absolute-git-dir");
    Optional<String> above =
        git.ask(source.root(), "rev-parse", "--path-format=absolute", "--git-common-dir");
    if (dir.isEmpty() || above.isEmpty()) {
      return false;
    }
    Path real = Path.of(dir.get()).toRealPath();
    return real.equals(inside.toRealPath().resolve(".git"))
        || (real.startsWith(Path.of(above.get()).toRealPath())
            && !real.equals(Path.of(above.get()).toRealPath()));
  }
}
