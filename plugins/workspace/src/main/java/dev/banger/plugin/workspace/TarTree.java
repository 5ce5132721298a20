package dev.banger.plugin.workspace;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.banger.api.CapabilityException;
import dev.banger.api.FailureKind;
import dev.banger.tar.TarEntry;
import dev.banger.tar.TarException;
import dev.banger.tar.TarReader;
import java.io.BufferedOutputStream;
import java.io.EOFException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.function.Consumer;

/**
 * Turns a guest's archive into commands for {@code git fast-import}, entry by entry: nothing of it
 * ever gets a place in a file system of the host's.
 *
 * <p>What git cannot keep is left out and told: devices, pipes, sockets, bits beyond those of
 * permission. What only a liar sends is refused, and all of the archive with it.
 */
final class TarTree {
  private static final int SPECIAL_BITS = 07000;
  private static final int LONGEST_LINK = 4096;

  private final Limits limits;
  private final Consumer<String> remarks;
  private final NameSet files = new NameSet();
  private final NameSet left = new NameSet();
  private final NameSet directories = new NameSet();
  private String latest = "";
  private long entries;
  private long bytes;

  /**
   * @param remarks told what is left out
   */
  TarTree(Limits limits, Consumer<String> remarks) {
    this.limits = limits;
    this.remarks = remarks;
  }

  /**
   * @param ref which is to be a commit with the tree
   */
  void convert(InputStream tar, OutputStream commands, String ref) throws IOException {
    OutputStream out = new BufferedOutputStream(commands, 64 * 1024);
    print(out, "feature done\ncommit " + ref + "\n");
    print(out, "committer banger <banger@localhost> 0 +0000\ndata 0\n");
    TarReader reader = new TarReader(new Limited(tar), ISO_8859_1);
    try {
      for (TarEntry entry = reader.next(); entry != null; entry = reader.next()) {
        if (++entries > limits.entries()) {
          throw limits.tooMany("the workspace in the VM has too many files" + upTo());
        }
        take(reader, entry, out);
      }
    } catch (EOFException e) {
      throw new CapabilityException(
          FailureKind.GUEST, "the guest's archive is cut off" + upTo(), "try again", e);
    } catch (TarException e) {
      throw new CapabilityException(
          FailureKind.GUEST,
          "the guest's archive is damaged%s: %s".formatted(upTo(), Names.clean(e.getMessage())),
          "",
          e);
    }
    print(out, "done\n");
    out.flush();
  }

  private void take(TarReader reader, TarEntry entry, OutputStream out) throws IOException {
    String name = stripped(entry.name());
    latest = name;
    if (entry.type() == TarEntry.DIRECTORY && name.isEmpty()) {
      return;
    }
    if (isInner(name)) {
      return;
    }
    require(name);
    switch (entry.type()) {
      case TarEntry.DIRECTORY -> directory(name);
      case TarEntry.FILE -> file(reader, name, entry, out);
      case TarEntry.SYMBOLIC_LINK -> link(name, entry.link(), out);
      case TarEntry.HARD_LINK -> hardLink(name, stripped(entry.link()), out);
      default -> remarks.accept("left out %s: %s".formatted(kind(entry), Names.shown(name)));
    }
  }

  /** Where it went wrong, in what people read. */
  private String upTo() {
    return latest.isEmpty() ? "" : ", up to \"" + Names.shown(latest) + "\"";
  }

  private static String kind(TarEntry entry) {
    return switch (entry.type()) {
      case '3', '4' -> "a device";
      case '6' -> "a named pipe";
      default -> "something that is no file";
    };
  }

  private static String stripped(String name) {
    String rest = name;
    while (rest.startsWith("./")) {
      rest = rest.substring(2);
    }
    while (rest.endsWith("/")) {
      rest = rest.substring(0, rest.length() - 1);
    }
    return rest.equals(".") || (rest.isEmpty() && name.startsWith(".")) ? "" : orName(rest, name);
  }

  /** Only slashes: absolute, and to be called so. */
  private static String orName(String rest, String name) {
    return rest.isEmpty() ? name : rest;
  }

  /** The git directory of a repository inside; that of the workspace itself is never sent. */
  private boolean isInner(String name) {
    int at = (name + '/').indexOf("/.git/");
    if (at <= 0 || Names.problem(name.substring(0, at)).isPresent()) {
      return false;
    }
    String inner = name.substring(0, at + "/.git".length());
    if (left.add(inner)) {
      remarks.accept("left out the repository inside: " + Names.shown(inner));
    }
    return true;
  }

  private void require(String name) {
    Names.problem(name).ifPresent(problem -> refuse(name, problem));
    for (int cut = name.indexOf('/'); cut >= 0; cut = name.indexOf('/', cut + 1)) {
      if (files.contains(name.substring(0, cut))) {
        refuse(name, "lies below something that is no directory");
      }
    }
  }

  private static void refuse(String name, String problem) {
    throw new CapabilityException(
        FailureKind.GUEST,
        "the guest's archive is refused: \"%s\" %s".formatted(Names.shown(name), problem),
        "nothing was exported");
  }

  private void directory(String name) {
    if (files.contains(name)) {
      refuse(name, "is there twice");
    }
    for (int cut = name.indexOf('/'); cut >= 0; cut = name.indexOf('/', cut + 1)) {
      directories.add(name.substring(0, cut));
    }
    directories.add(name);
  }

  private void fresh(String name) {
    int slash = name.lastIndexOf('/');
    if (slash > 0) {
      directory(name.substring(0, slash));
    }
    if (directories.contains(name) || !files.add(name)) {
      refuse(name, "is there twice");
    }
  }

  private void file(TarReader reader, String name, TarEntry entry, OutputStream out)
      throws IOException {
    fresh(name);
    bytes += entry.size();
    if (entry.size() > limits.bytes() || bytes > limits.bytes()) {
      throw limits.tooMuch(
          "the workspace in the VM, up to \"%s\" of %d bytes"
              .formatted(Names.shown(name), entry.size()));
    }
    if ((entry.mode() & SPECIAL_BITS) != 0) {
      remarks.accept("dropped setuid, setgid or sticky bit of " + Names.shown(name));
    }
    String mode = (entry.mode() & 0100) != 0 ? "100755" : "100644";
    print(out, "M " + mode + " inline " + quoted(name) + "\ndata " + entry.size() + "\n");
    reader.copyContent(out);
    print(out, "\n");
  }

  private void link(String name, String target, OutputStream out) throws IOException {
    fresh(name);
    if (target.isEmpty() || target.length() > LONGEST_LINK) {
      refuse(name, "is a link of " + target.length() + " bytes");
    }
    print(out, "M 120000 inline " + quoted(name) + "\ndata " + target.length() + "\n");
    print(out, target + "\n");
  }

  /** Another name for a file that came before; never for a directory. */
  private void hardLink(String name, String target, OutputStream out) throws IOException {
    if (!files.contains(target)) {
      refuse(name, "is a hard link to \"" + Names.shown(target) + "\", which is not in there");
    }
    fresh(name);
    print(out, "C " + quoted(target) + " " + quoted(name) + "\n");
  }

  private static String quoted(String name) {
    return '"' + name.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n") + '"';
  }

  private static void print(OutputStream out, String text) throws IOException {
    out.write(text.getBytes(ISO_8859_1));
  }

  /** Counts all that comes, what is skipped too. */
  private final class Limited extends FilterInputStream {
    private long seen;

    Limited(InputStream in) {
      super(in);
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
      int got = super.read(bytes, offset, length);
      seen += Math.max(0, got);
      if (seen > limits.stream(entries)) {
        throw limits.tooMuch("the guest sends an archive" + upTo());
      }
      return got;
    }
  }
}
