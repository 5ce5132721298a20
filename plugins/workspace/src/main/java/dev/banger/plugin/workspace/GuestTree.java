package dev.banger.plugin.workspace;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.banger.api.CapabilityException;
import dev.banger.api.CapabilityHost;
import dev.banger.api.FailureKind;
import dev.banger.api.GuestCommand;
import dev.banger.api.GuestResult;
import dev.banger.api.PluginContext;
import dev.banger.api.VmView;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Brings the files of a workspace, and the commits where the guest has git, into quarantine. */
final class GuestTree {
  private static final Duration TRANSFER = Duration.ofMinutes(20);
  private static final Pattern HEADER =
      Pattern.compile("banger-export 1 (-|[0-9a-f]{40,64}) ([0-9a-f]{40,64})");
  private static final int MOST_REMARKS = 50;

  /** How the script says that there is no directory, and that git cannot be asked there. */
  private static final int NO_DIRECTORY = 66;

  private static final int NO_GIT = 67;

  /**
   * {@code $1} the directory, {@code $2} the commit it began with, {@code $3} a directory that is
   * made. The guest's repository stays as it is: objects for what is not committed go elsewhere,
   * and so does the index.
   */
  private static final String SEND =
      """
      cd "$1" 2>/dev/null || exit 66
      command -v git >/dev/null 2>&1 || exit 67
      [ -e .git ] || exit 67
      export GIT_DIR="$1/.git" GIT_WORK_TREE="$1" GIT_OPTIONAL_LOCKS=0
      g() { git -c safe.directory='*' -c core.hooksPath=/dev/null -c gc.auto=0 "$@"; }
      objects=$(g rev-parse --git-path objects) && index=$(g rev-parse --git-path index) || exit 67
      objects=$(cd "$objects" && pwd) || exit 67
      head=$(g rev-parse --verify -q 'HEAD^{commit}') || head=-
      tmp=$3
      mkdir -m 700 "$tmp" || exit 1
      [ ! -e "$index" ] || cp -p "$index" "$tmp/index" || exit 1
      mkdir -p "$tmp/objects/info" && printf '%s\\n' "$objects" >"$tmp/objects/info/alternates"
      export GIT_INDEX_FILE="$tmp/index" GIT_OBJECT_DIRECTORY="$tmp/objects"
      g add -A . >&2 && tree=$(g write-tree) || exit 1
      echo "banger-export 1 $head $tree"
      {
        echo "$tree"
        [ "$head" = - ] || echo "$head"
        if g cat-file -e "$2^{commit}" 2>/dev/null; then echo "^$2"; fi
      } | g pack-objects --revs --stdout --thin --delta-base-offset -q
      """;

  /** Not every tar can exclude, BusyBox's cannot: all names but one are given to it. */
  private static final String PACK =
      """
      cd "$1" 2>/dev/null || exit 66
      set --
      for name in * .[!.]* ..?*; do
        [ "$name" = .git ] && continue
        if [ -e "$name" ] || [ -L "$name" ]; then set -- "$@" "./$name"; fi
      done
      [ $# -gt 0 ] || exec head -c 1024 /dev/zero
      exec tar -c -f - "$@"
      """;

  private final PluginContext context;
  private final CapabilityHost host;
  private final VmView vm;
  private final Quarantine quarantine;
  private final Path scratch;
  private final Limits limits;
  private final List<String> remarks = new ArrayList<>();

  GuestTree(PluginContext context, VmView vm, Quarantine quarantine, Path scratch, Limits limits) {
    this.context = context;
    this.host = context.host();
    this.vm = vm;
    this.quarantine = quarantine;
    this.scratch = scratch;
    this.limits = limits;
  }

  /**
   * What came.
   *
   * @param head what the guest has committed; empty when its git could not say
   * @param tree of all its files
   */
  record Taken(Optional<String> head, String tree) {}

  /** What was left out, and the like. */
  List<String> remarks() {
    return List.copyOf(remarks);
  }

  Taken take(Imported imported) throws Exception {
    Optional<Taken> taken = byGit(imported);
    return taken.isPresent() ? taken.get() : byTar(imported.dest());
  }

  private Optional<Taken> byGit(Imported imported) throws Exception {
    Path file = scratch.resolve("guest.pack");
    GuestResult result;
    try (Spool spool = new Spool(file, limits.stream(0))) {
      result =
          Stagings.beside(
              context,
              vm,
              imported.dest(),
              staging ->
                  exec(
                      command(SEND, imported.dest(), imported.commit(), staging).withStdout(spool),
                      spool));
    }
    switch (result.exitCode()) {
      case 0 -> {
        return Optional.of(unpacked(file, imported));
      }
      case NO_DIRECTORY -> throw absent(imported.dest());
      case NO_GIT -> remark("there is no git or no repository in the VM: no commits are taken");
      default ->
          remark(
              "git in the VM failed, so no commits are taken: "
                  + Names.clean(lastLine(result.stderr())));
    }
    return Optional.empty();
  }

  private GuestResult exec(GuestCommand command, Spool spool) throws InterruptedException {
    try {
      return host.exec(vm, command);
    } catch (CapabilityException e) {
      if (spool.isFull()) {
        throw limits.tooMuch("the guest's git sends a pack");
      }
      throw e;
    }
  }

  private Taken unpacked(Path file, Imported imported) throws Exception {
    try (InputStream in = new BufferedInputStream(Files.newInputStream(file))) {
      Matcher header = HEADER.matcher(line(in));
      if (!header.matches()) {
        throw new CapabilityException(
            FailureKind.GUEST, "the guest sent something else than its workspace");
      }
      long offset = header.end() + 1L;
      PackScan.check(in, limits, imported.commit().length() / 2);
      try (InputStream pack = Files.newInputStream(file)) {
        pack.skipNBytes(offset);
        quarantine.feed(pack, "index-pack", "--stdin", "--fix-thin");
      }
      Optional<String> head =
          header.group(1).equals("-") ? Optional.empty() : Optional.of(header.group(1));
      String tree = header.group(2);
      requireComplete(head, tree, imported.commit());
      return new Taken(head, tree);
    } finally {
      Files.deleteIfExists(file);
    }
  }

  private void requireComplete(Optional<String> head, String tree, String base)
      throws InterruptedException {
    boolean isThere =
        quarantine.holds("cat-file", "-e", tree + "^{tree}")
            && (head.isEmpty() || quarantine.holds("cat-file", "-e", head.get() + "^{commit}"));
    List<String> words = new ArrayList<>(List.of("rev-list", "--objects", "--quiet", tree));
    head.ifPresent(words::add);
    words.add("^" + base);
    if (!isThere || !quarantine.holds(words.toArray(new String[0]))) {
      throw new CapabilityException(
          FailureKind.GUEST,
          "the guest's git sent less than what makes up its workspace",
          "git fsck in the VM says what is missing");
    }
  }

  private static String line(InputStream in) throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    for (int b = in.read(); b >= 0 && b != '\n' && line.size() < 200; b = in.read()) {
      line.write(b);
    }
    return line.toString(ISO_8859_1);
  }

  private Taken byTar(String dest) throws Exception {
    String ref = "refs/banger/files";
    TarTree tree = new TarTree(limits, this::remark);
    GuestResult result =
        Conveyor.join(
            out -> packed(dest, out), tar -> convert(tree, tar, ref), (packed, _) -> packed);
    if (result.exitCode() != 0) {
      remark("tar in the VM complained: " + Names.clean(lastLine(result.stderr())));
    }
    return new Taken(Optional.empty(), quarantine.ask("rev-parse", ref + "^{tree}"));
  }

  private GuestResult packed(String dest, OutputStream out) throws InterruptedException {
    Counted counted = new Counted(out);
    GuestResult result = host.exec(vm, command(PACK, dest).withStdout(counted));
    if (result.exitCode() == NO_DIRECTORY) {
      throw absent(dest);
    }
    // 1 is for files that changed or went meanwhile, and the archive is whole.
    if (result.exitCode() > 1 || (result.exitCode() == 1 && !counted.isUsed)) {
      throw new CapabilityException(
          FailureKind.GUEST,
          "tar in VM %s failed: %s".formatted(vm.name(), Names.clean(lastLine(result.stderr()))),
          "banger vm exec %s -- tar -c -f /dev/null %s".formatted(vm.name(), dest));
    }
    return result;
  }

  private static final class Counted extends FilterOutputStream {
    private boolean isUsed;

    Counted(OutputStream out) {
      super(out);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      isUsed = true;
      out.write(bytes, offset, length);
    }
  }

  private Void convert(TarTree tree, InputStream tar, String ref) throws Exception {
    return Conveyor.join(
        commands -> {
          tree.convert(tar, commands, ref);
          return null;
        },
        commands -> {
          quarantine.feed(commands, "fast-import", "--quiet", "--big-file-threshold=32m");
          return null;
        },
        (_, _) -> null);
  }

  private GuestCommand command(String script, String... arguments) {
    List<String> argv = new ArrayList<>(List.of("/bin/sh", "-c", script, "export"));
    argv.addAll(List.of(arguments));
    return GuestCommand.of(TRANSFER, argv.toArray(new String[0])).in("/");
  }

  private CapabilityException absent(String dest) {
    return new CapabilityException(
        FailureKind.NOT_FOUND,
        "there is no directory %s in VM %s any more".formatted(dest, vm.name()),
        "banger vm workspace export %s --from DIR".formatted(vm.name()));
  }

  private void remark(String text) {
    if (remarks.size() < MOST_REMARKS) {
      remarks.add(text);
    } else if (remarks.size() == MOST_REMARKS) {
      remarks.add("and more of the kind");
    }
  }

  private static String lastLine(String text) {
    List<String> lines = text.strip().lines().toList();
    String last = lines.isEmpty() ? "it said nothing" : lines.getLast();
    return last.length() > 300 ? last.substring(0, 300) : last;
  }
}
