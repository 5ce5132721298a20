package dev.banger.plugin.filesync;

import dev.banger.api.CapabilityException;
import dev.banger.api.FailureKind;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotLinkException;
import java.nio.file.Path;
import java.nio.file.SecureDirectoryStream;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;

/** Looks at what the entries name, and makes the plan. */
final class Walk {
  private static final int DEEPEST = 64;

  private final Plan plan;
  private final Source source;
  private final Path root;

  private Walk(Plan plan, Source source, Path root) {
    this.plan = plan;
    this.source = source;
    this.root = root;
  }

  /**
   * @throws CapabilityException naming the entry: what is there cannot be read, is too much, or is
   *     neither a file nor a directory
   */
  static Plan of(FileSyncSettings settings) throws InterruptedException {
    Plan plan = new Plan(settings);
    for (Source source : settings.sources()) {
      try {
        // An entry that is a link itself is followed, with all links on the way to it.
        new Walk(plan, source, source.host().toRealPath()).begin();
      } catch (NoSuchFileException e) {
        plan.skip(source, Text.shown(source.host()) + " does not exist");
      } catch (IOException e) {
        throw unreadable(source, source.host(), e);
      }
    }
    return plan;
  }

  private void begin() throws IOException, InterruptedException {
    PosixFileAttributes found =
        Files.readAttributes(root, PosixFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
    if (found.isRegularFile()) {
      plain(List.of(), source.guest(), found, source.mode().orElse(Source.FILE_MODE));
    } else if (found.isDirectory()) {
      source
          .mode()
          .ifPresent(
              _ ->
                  plan.remark(
                      source,
                      "%s is a directory: mode is for files, and each keeps its own"
                          .formatted(Text.shown(source.host()))));
      plan.add(directory(source.guest(), found));
      try (SecureDirectoryStream<Path> in = HostTree.open(root)) {
        children(in, List.of(), source.guest());
      }
    } else {
      throw new CapabilityException(
          FailureKind.INVALID,
          "%s: %s is neither a file nor a directory"
              .formatted(source.title(), Text.shown(source.host())),
          "change the entry: banger config path");
    }
  }

  private void children(SecureDirectoryStream<Path> in, List<Path> way, String guest)
      throws IOException, InterruptedException {
    if (Thread.interrupted()) {
      throw new InterruptedException();
    }
    // Sorted, so that the same tree gives the same archive.
    TreeMap<String, Path> names = new TreeMap<>();
    Path here = path(way);
    try {
      for (Path child : in) {
        Path name = child.getFileName();
        names.put(Text.lastName(here.resolve(name)), name);
      }
    } catch (DirectoryIteratorException e) {
      throw unreadable(source, here, e.getCause());
    }
    for (var child : names.entrySet()) {
      List<Path> further = new ArrayList<>(way);
      further.add(child.getValue());
      try {
        look(in, further, guest + "/" + child.getKey());
      } catch (NoSuchFileException e) {
        // Deleted since the directory was read.
      } catch (IOException e) {
        throw unreadable(source, path(further), e);
      }
    }
  }

  private void look(SecureDirectoryStream<Path> in, List<Path> way, String guest)
      throws IOException, InterruptedException {
    Path name = way.getLast();
    PosixFileAttributes found =
        in.getFileAttributeView(name, PosixFileAttributeView.class, LinkOption.NOFOLLOW_LINKS)
            .readAttributes();
    if (found.isRegularFile()) {
      plain(way, guest, found, bits(found.permissions()));
    } else if (found.isSymbolicLink()) {
      link(way, guest, found);
    } else if (found.isDirectory()) {
      if (way.size() >= DEEPEST) {
        throw new FileSystemException(null, null, "deeper than " + DEEPEST + " directories");
      }
      plan.add(directory(guest, found));
      try (SecureDirectoryStream<Path> inner =
          in.newDirectoryStream(name, LinkOption.NOFOLLOW_LINKS)) {
        children(inner, way, guest);
      }
    } else {
      plan.skip(source, Text.shown(path(way)) + " is a device, a socket or a pipe");
    }
  }

  private Node directory(String guest, PosixFileAttributes found) {
    return new Node.Directory(guest, source, bits(found.permissions()), true);
  }

  private void plain(List<Path> way, String guest, PosixFileAttributes found, int mode)
      throws IOException {
    if (!Files.isReadable(path(way))) {
      throw new AccessDeniedException(path(way).toString());
    }
    plan.add(new Node.Plain(guest, source, root, way, mode, found.size(), seconds(found)));
  }

  private void link(List<Path> way, String guest, PosixFileAttributes found) throws IOException {
    Path target;
    try {
      target = Files.readSymbolicLink(path(way));
    } catch (NotLinkException e) {
      throw new FileSystemException(null, null, "it changes while it is looked at");
    }
    if (staysInside(way.size() - 1, target)) {
      plan.add(new Node.Link(guest, source, Text.target(target), seconds(found)));
    } else {
      plan.skip(source, Text.shown(path(way)) + " is a link that leads out of the directory");
    }
  }

  /**
   * @param depth how many directories below the entry's own the link is
   */
  private static boolean staysInside(int depth, Path target) {
    if (target.isAbsolute()) {
      return false;
    }
    int now = depth;
    for (Path name : target) {
      String text = name.toString();
      now += text.equals("..") ? -1 : text.isEmpty() || text.equals(".") ? 0 : 1;
      if (now < 0) {
        return false;
      }
    }
    return true;
  }

  private Path path(List<Path> way) {
    Path path = root;
    for (Path name : way) {
      path = path.resolve(name);
    }
    return path;
  }

  private static long seconds(PosixFileAttributes found) {
    return Math.clamp(Math.floorDiv(found.lastModifiedTime().toMillis(), 1000L), 0, Plan.LATEST);
  }

  /** The nine permission bits: there is no setuid, setgid or sticky bit among them. */
  private static int bits(Set<PosixFilePermission> permissions) {
    String letters = PosixFilePermissions.toString(permissions);
    int bits = 0;
    for (int i = 0; i < letters.length(); i++) {
      bits |= letters.charAt(i) == '-' ? 0 : 0400 >> i;
    }
    return bits;
  }

  static CapabilityException unreadable(Source source, Path path, IOException cause) {
    boolean isDenied = cause instanceof AccessDeniedException;
    String reason =
        cause instanceof FileSystemException known && known.getReason() != null
            ? known.getReason()
            : isDenied ? "permission denied" : String.valueOf(cause.getMessage());
    return new CapabilityException(
        FailureKind.HOST,
        "%s: cannot read %s: %s".formatted(source.title(), Text.shown(path), Text.shown(reason)),
        "make it readable for the user that runs the daemon, or leave it out of the entry",
        cause);
  }
}
