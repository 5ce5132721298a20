package dev.banger.tar;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributeView;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * Unpacks an archive that a guest made, so that nothing is written outside its target.
 *
 * <p>The archive's one top entry becomes the target, whatever it is called. A name that is absolute
 * or has {@code ..} in it ends the copy: no honest program writes one. No link is followed on the
 * way to anything written, be it the archive's own (those are made last) or one that was there
 * before. Links that lead out of the target, devices and pipes are left out and told. Owner, setuid
 * and setgid are not taken over.
 */
public final class Unpacker {
  /** Most entries of one archive. */
  private static final long MOST_ENTRIES = 10_000_000;

  private static final int MOST_REMARKS = 20;
  private static final int DEEPEST = 512;

  private final Path target;
  private final List<String> remarks = new ArrayList<>();
  private final Map<Path, String> links = new LinkedHashMap<>();
  private final Map<Path, TarEntry> directories = new LinkedHashMap<>();
  private final Set<Path> written = new HashSet<>();
  private String top;
  private boolean isTopDirectory;
  private long leftOut;
  private long files;
  private long bytes;

  /**
   * @param target what the archive's top entry becomes; its parent exists
   */
  public Unpacker(Path target) {
    this.target = target.toAbsolutePath().normalize();
  }

  /**
   * @throws TarException when the archive is damaged or hostile
   * @throws IOException when the host cannot write
   */
  public void unpack(InputStream archive) throws IOException {
    TarReader reader = new TarReader(archive);
    long entries = 0;
    for (TarEntry entry = reader.next(); entry != null; entry = reader.next()) {
      entries++;
      if (entries > MOST_ENTRIES) {
        throw new TarException("more than " + MOST_ENTRIES + " entries");
      }
      place(reader, entry);
    }
    for (Map.Entry<Path, String> link : links.entrySet()) {
      link(link.getKey(), link.getValue());
    }
    List<Path> deepestFirst = new ArrayList<>(directories.keySet()).reversed();
    for (Path directory : deepestFirst) {
      finish(directory, directories.get(directory));
    }
    if (top == null) {
      throw new TarException("the archive is empty");
    }
  }

  /** What was left out, in words; at most 20, then how many more. */
  public List<String> remarks() {
    List<String> all = new ArrayList<>(remarks);
    if (leftOut > MOST_REMARKS) {
      all.add("and " + (leftOut - MOST_REMARKS) + " more left out");
    }
    return all;
  }

  public long files() {
    return files;
  }

  public long bytes() {
    return bytes;
  }

  private void place(TarReader reader, TarEntry entry) throws IOException {
    Path path = path(entry);
    switch (entry.type()) {
      case TarEntry.DIRECTORY -> directory(path, entry);
      case TarEntry.FILE -> file(reader, path, entry);
      case TarEntry.SYMBOLIC_LINK -> {
        ensureParent(path);
        links.put(path, entry.link());
      }
      case TarEntry.HARD_LINK -> hardLink(path, entry);
      default -> leaveOut(entry.name() + " is no file, folder or link");
    }
  }

  /** Where an entry goes: its name with the top part replaced by the target. */
  private Path path(TarEntry entry) throws TarException {
    List<String> parts = parts(entry.name());
    if (top == null) {
      top = parts.isEmpty() ? "" : parts.get(0);
      isTopDirectory = entry.type() == TarEntry.DIRECTORY || parts.size() > 1;
    }
    return inTarget(parts, entry.name());
  }

  private Path inTarget(List<String> parts, String name) throws TarException {
    int skipped = top.isEmpty() ? 0 : 1;
    if (parts.size() < skipped || (skipped == 1 && !parts.get(0).equals(top))) {
      throw new TarException("an entry beside \"" + top + "\": \"" + name + "\"");
    }
    if (parts.size() > skipped && !isTopDirectory) {
      throw new TarException("an entry inside a file: \"" + name + "\"");
    }
    Path path = target;
    for (String part : parts.subList(skipped, parts.size())) {
      path = path.resolve(part);
    }
    return path;
  }

  private static List<String> parts(String name) throws TarException {
    if (name.startsWith("/")) {
      throw new TarException("an absolute name: \"" + name + "\"");
    }
    if (name.isEmpty() || name.indexOf('\0') >= 0) {
      throw new TarException("an entry without a usable name");
    }
    List<String> parts = new ArrayList<>();
    for (String part : name.split("/", -1)) {
      if (part.equals("..")) {
        throw new TarException("a name that leads upwards: \"" + name + "\"");
      }
      if (!part.isEmpty() && !part.equals(".")) {
        parts.add(part);
      }
    }
    if (parts.size() > DEEPEST) {
      throw new TarException("a name of more than " + DEEPEST + " parts");
    }
    return parts;
  }

  private void directory(Path path, TarEntry entry) throws IOException {
    ensureParent(path);
    ensureDirectory(path);
    directories.put(path, entry);
  }

  private void file(TarReader reader, Path path, TarEntry entry) throws IOException {
    ensureParent(path);
    links.remove(path);
    // A file this run wrote may share its content with others by now; a new one does not.
    if (written.remove(path)) {
      Files.deleteIfExists(path);
    }
    if (Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)) {
      throw new FileSystemException(path.toString(), null, "a folder is in the way of a file");
    }
    if (Files.isSymbolicLink(path)) {
      throw new FileSystemException(path.toString(), null, "a link is in the way of a file");
    }
    try (SeekableByteChannel channel =
            Files.newByteChannel(
                path,
                Set.of(
                    StandardOpenOption.CREATE,
                    StandardOpenOption.WRITE,
                    StandardOpenOption.TRUNCATE_EXISTING,
                    LinkOption.NOFOLLOW_LINKS));
        OutputStream out = Channels.newOutputStream(channel)) {
      reader.copyContent(out);
    }
    attributes(path, entry, 0);
    written.add(path);
    files++;
    bytes += entry.size();
  }

  /** Only to a file that this archive brought: any other may be somebody else's. */
  private void hardLink(Path path, TarEntry entry) throws IOException {
    ensureParent(path);
    Path existing = inTarget(parts(entry.link()), entry.link());
    if (!written.contains(existing)) {
      leaveOut(entry.name() + " is a hard link to what the archive does not hold");
      return;
    }
    links.remove(path);
    if (existing.equals(path)) {
      return;
    }
    if (Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)) {
      throw new FileSystemException(path.toString(), null, "a folder is in the way of a file");
    }
    Files.deleteIfExists(path);
    Files.createLink(path, existing);
    written.add(path);
    files++;
  }

  private void link(Path path, String to) throws IOException {
    if (to.isEmpty() || to.startsWith("/") || to.indexOf('\0') >= 0 || leadsOut(path, to)) {
      leaveOut(target.getParent().relativize(path) + " is a link out of the copy, to " + to);
      return;
    }
    ensureParent(path);
    if (Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)) {
      leaveOut(path + " is a folder where the copy has a link");
      return;
    }
    Files.deleteIfExists(path);
    Files.createSymbolicLink(path, Path.of(to));
    files++;
  }

  /**
   * Whether following {@code to} part by part ever leaves the target. Through a link it may lead
   * elsewhere than its words say, so {@code ..} is only let pass while going up from where the link
   * lies, before any name.
   */
  private boolean leadsOut(Path path, String to) {
    Path at = path.getParent();
    boolean hasName = false;
    for (String part : to.split("/", -1)) {
      if (part.equals("..")) {
        at = at.getParent();
        if (hasName || at == null || !at.startsWith(target)) {
          return true;
        }
      } else if (!part.isEmpty() && !part.equals(".")) {
        hasName = true;
      }
    }
    // The target itself being a link: it lies beside other things of the host.
    return path.equals(target);
  }

  /** Makes the folders between the target and {@code path}; none of them may be a link. */
  private void ensureParent(Path path) throws IOException {
    if (path.equals(target)) {
      return;
    }
    Path at = target;
    ensureDirectory(at);
    Path between = target.relativize(path.getParent());
    for (Path part : between) {
      if (!part.toString().isEmpty()) {
        at = at.resolve(part);
        ensureDirectory(at);
      }
    }
  }

  private void ensureDirectory(Path path) throws IOException {
    if (links.containsKey(path)) {
      throw new TarException("an entry below a link: \"" + target.relativize(path) + "\"");
    }
    try {
      Files.createDirectory(path);
    } catch (FileAlreadyExistsException e) {
      if (!Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)) {
        throw new FileSystemException(path.toString(), null, "it is there and is no folder");
      }
    }
  }

  /** Last: a folder without write permission could not have been filled. */
  private static void finish(Path directory, TarEntry entry) throws IOException {
    if (Files.isDirectory(directory, LinkOption.NOFOLLOW_LINKS)) {
      // The owner can always get in again, to look and to delete.
      attributes(directory, entry, 0700);
    }
  }

  private static void attributes(Path path, TarEntry entry, int atLeast) throws IOException {
    Files.setPosixFilePermissions(path, Modes.permissions(entry.mode() | atLeast));
    Files.getFileAttributeView(path, BasicFileAttributeView.class, LinkOption.NOFOLLOW_LINKS)
        .setTimes(FileTime.from(entry.seconds(), TimeUnit.SECONDS), null, null);
  }

  private void leaveOut(String why) {
    leftOut++;
    if (remarks.size() < MOST_REMARKS) {
      remarks.add("left out: " + why);
    }
  }
}
