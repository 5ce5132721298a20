package dev.banger.plugin.workspace;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.banger.api.CapabilityException;
import dev.banger.api.FailureKind;
import dev.banger.api.ToolCall;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** The commits that go along: what can be reached from the tips that were asked for, no more. */
final class History {
  /** Left for others, in bytes. */
  private static final long SPARE = 64L << 20;

  private final Window window;
  private final Map<String, String> refs;
  private final Set<String> tips;
  private final boolean isPartial;

  private History(Window window, Map<String, String> refs, boolean isPartial) {
    this.window = window;
    this.refs = refs;
    this.tips = new TreeSet<>(refs.values());
    this.tips.add(window.source().head());
    this.isPartial = isPartial;
  }

  /**
   * @param refs ids by full name, as the guest shall have them
   * @param isPartial whether objects may be missing, to be had from a remote
   */
  static History of(Window window, Mode mode, Map<String, String> refs, boolean isPartial)
      throws IOException, InterruptedException {
    String head = window.source().head();
    if (mode == Mode.SHALLOW) {
      String parents =
          window.said(window.call("log", "-1", "--no-walk", "--format=%P", head), "log");
      if (!parents.isEmpty()) {
        Files.writeString(window.dir().resolve("shallow"), head + "\n");
      }
    }
    return new History(window, refs, isPartial);
  }

  /** Whether the guest has to know that objects are missing on purpose. */
  boolean isPartial() {
    return isPartial;
  }

  /** The file {@code HEAD}. */
  String head() {
    return window
            .source()
            .branch()
            .map(branch -> "ref: refs/heads/" + branch)
            .orElse(window.source().head())
        + "\n";
  }

  /** The file {@code packed-refs}. */
  String packedRefs() {
    StringBuilder text = new StringBuilder("# pack-refs with: sorted \n");
    new TreeSet<>(refs.keySet())
        .forEach(name -> text.append(refs.get(name)).append(' ').append(name).append('\n'));
    return text.toString();
  }

  /** The file {@code shallow}: of the commits where history is cut off, those that go along. */
  Optional<String> shallow() throws IOException, InterruptedException {
    Path file = window.dir().resolve("shallow");
    if (!Files.exists(file)) {
      return Optional.empty();
    }
    Set<String> cut = new TreeSet<>(Files.readAllLines(file));
    Set<String> roots =
        new HashSet<>(
            window
                .text(
                    window.call("rev-list", "--max-parents=0", "--stdin").withStdin(tipList()),
                    "rev-list")
                .lines()
                .toList());
    cut.retainAll(roots);
    return cut.isEmpty() ? Optional.empty() : Optional.of(String.join("\n", cut) + "\n");
  }

  private ByteArrayInputStream tipList() {
    return new ByteArrayInputStream((String.join("\n", tips) + "\n").getBytes(ISO_8859_1));
  }

  /**
   * Whether its objects take more than {@code limit} bytes. Asks first what takes no time: how much
   * the source has in all.
   */
  boolean isLarger(long limit) throws InterruptedException {
    return inAll() > limit && size() > limit;
  }

  private long inAll() throws InterruptedException {
    String own = window.objects().toString();
    Set<String> folders = new TreeSet<>(Set.of(own));
    long kilobytes = 0;
    for (String line : count(own)) {
      if (line.startsWith("alternate: ")) {
        folders.add(line.substring("alternate: ".length()));
      }
    }
    for (String folder : folders) {
      for (String line : count(folder)) {
        if (line.startsWith("size: ") || line.startsWith("size-pack: ")) {
          kilobytes += Long.parseLong(line.substring(line.indexOf(' ') + 1));
        }
      }
    }
    return kilobytes * 1024;
  }

  private List<String> count(String objects) throws InterruptedException {
    return window
        .text(
            window.callWith(Map.of("GIT_OBJECT_DIRECTORY", objects), "count-objects", "-v"),
            "count-objects")
        .lines()
        .toList();
  }

  /** What the objects take as the source has them, in bytes: about what a pack of them will. */
  long size() throws InterruptedException {
    List<String> words = new ArrayList<>(List.of("rev-list", "--disk-usage", "--objects"));
    if (isPartial) {
      words.add("--missing=allow-any");
    }
    words.add("--stdin");
    return Long.parseLong(
        window.said(window.call(words.toArray(new String[0])).withStdin(tipList()), "rev-list"));
  }

  private ToolCall packing(String... last) {
    List<String> words =
        new ArrayList<>(List.of("pack-objects", "--revs", "-q", "--delta-base-offset"));
    if (isPartial) {
      words.add("--missing=allow-any");
    }
    words.addAll(List.of(last));
    return window.call(words.toArray(new String[0])).withStdin(tipList());
  }

  /** A pack, to be read as it is made. */
  ToolCall stream() {
    return packing("--stdout");
  }

  /**
   * Makes a pack and its index.
   *
   * @param dir an empty directory
   */
  void packInto(Path dir) throws InterruptedException {
    try {
      window.said(packing(dir.resolve("pack").toString()), "pack-objects");
    } catch (CapabilityException e) {
      throw new CapabilityException(
          e.kind(),
          "the history of %s cannot be packed: %s"
              .formatted(window.source().root(), e.getMessage()),
          "git fsck there says what is missing; --mode shallow needs the last commit only",
          e);
    }
  }

  /** A free-space check, told in words. */
  static void requireRoom(Path dir, long bytes) throws IOException {
    long free = Files.getFileStore(dir).getUsableSpace();
    if (free < bytes + SPARE) {
      throw new CapabilityException(
          FailureKind.HOST,
          "packing the history takes %s in %s, where %s are free"
              .formatted(Tally.size(bytes), dir, Tally.size(free)),
          "make room, use --mode shallow, or an image with git in it: such a guest is sent the"
              + " history without a copy on this host");
    }
  }
}
