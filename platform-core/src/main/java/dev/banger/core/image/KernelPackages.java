package dev.banger.core.image;

import dev.banger.core.host.Commands;
import dev.banger.core.model.BangerException;
import dev.banger.core.model.ErrorKind;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Gets the distribution's kernel for virtual machines, unpacked but not installed. Downloaded
 * packages are kept, so that another image gets by without the network; apt verifies them each
 * time.
 */
final class KernelPackages {
  private static final Duration UNPACK_LIMIT = Duration.ofMinutes(5);
  private static final Duration KEPT_UNUSED = Duration.ofDays(90);
  private static final int MAX_PACKAGES = 8;

  /** Packages that carry a kernel or its modules, each named after one version. */
  private static final Pattern PART =
      Pattern.compile("linux-(?:image|modules|binary)-[0-9][a-z0-9+.-]*");

  private final Commands commands;
  private final Path cache;

  /**
   * @param cache where packages are kept; made when needed
   */
  KernelPackages(Commands commands, Path cache) {
    this.commands = commands;
    this.cache = cache;
  }

  /** The names under which distributions offer their newest kernel for virtual machines. */
  List<String> candidates() throws InterruptedException {
    String architecture =
        commands
            .check(Commands.Call.of(Duration.ofSeconds(10), "dpkg", "--print-architecture"))
            .stdout()
            .strip();
    return List.of("linux-image-cloud-" + architecture, "linux-image-virtual");
  }

  /**
   * Downloads and unpacks.
   *
   * @param apt where from; its package lists are fetched anew when they are absent or out of date
   * @param work an empty private directory
   */
  Kernel fetch(Apt apt, Path work) throws IOException, InterruptedException {
    List<Path> debs =
        download(apt, Files.createDirectories(work.resolve("debs")))
            .orElseThrow(KernelPackages::unknown);
    return unpack(debs, work.resolve("tree"));
  }

  private Optional<List<Path>> download(Apt apt, Path debs)
      throws IOException, InterruptedException {
    Files.createDirectories(cache);
    List<String> candidates = candidates();
    Optional<Set<String>> parts = resolve(apt, candidates);
    if (parts.isPresent()) {
      try {
        return Optional.of(download(apt, parts.get(), debs));
      } catch (BangerException e) {
        if (e.kind() != ErrorKind.HOST) {
          throw e;
        }
        // Old lists name packages that mirrors have dropped.
      }
    }
    Apt fresh = apt.refreshed();
    Optional<Set<String>> current = resolve(fresh, candidates);
    return current.isEmpty() ? Optional.empty() : Optional.of(download(fresh, current.get(), debs));
  }

  private static BangerException unknown() {
    return new BangerException(
        ErrorKind.UNAVAILABLE,
        "apt knows no kernel for virtual machines (linux-image-cloud-*, linux-image-virtual)",
        "check /etc/apt/sources.list and its parts, or name a mirror with --mirror");
  }

  private static Optional<Set<String>> resolve(Apt apt, List<String> candidates)
      throws InterruptedException {
    for (String meta : candidates) {
      Optional<String> depends = apt.depends(meta);
      if (depends.isEmpty()) {
        continue;
      }
      Set<String> parts = new LinkedHashSet<>();
      List<String> open = new ArrayList<>(parts(depends.get()));
      while (!open.isEmpty() && parts.size() < MAX_PACKAGES) {
        String name = open.removeFirst();
        if (parts.add(name)) {
          open.addAll(parts(apt.depends(name).orElse("")));
        }
      }
      if (!parts.isEmpty()) {
        return Optional.of(parts);
      }
    }
    return Optional.empty();
  }

  /** The first alternative of each dependency that is part of a kernel. */
  static List<String> parts(String depends) {
    List<String> found = new ArrayList<>();
    for (String dependency : depends.split(",")) {
      Matcher name = PART.matcher(dependency.strip());
      if (name.lookingAt()) {
        found.add(name.group());
      }
    }
    return found;
  }

  private List<Path> download(Apt apt, Set<String> packages, Path debs)
      throws IOException, InterruptedException {
    List<String> names = apt.fileNames(packages);
    for (String name : names) {
      Path kept = cache.resolve(name);
      if (Files.isRegularFile(kept, LinkOption.NOFOLLOW_LINKS)) {
        Files.deleteIfExists(debs.resolve(name));
        link(kept, debs.resolve(name));
      }
    }
    apt.download(debs, packages);
    List<Path> files = new ArrayList<>();
    for (String name : names) {
      Path file = debs.resolve(name);
      if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
        throw new BangerException(ErrorKind.HOST, "apt did not download " + name);
      }
      keep(file);
      files.add(file);
    }
    forgetOld();
    return files;
  }

  private Kernel unpack(List<Path> debs, Path tree) throws IOException, InterruptedException {
    Files.createDirectories(tree);
    for (Path deb : debs) {
      commands.check(
          Commands.Call.of(UNPACK_LIMIT, "dpkg-deb", "-x", deb.toString(), tree.toString()));
    }
    if (!Files.exists(tree.resolve("lib")) && Files.isDirectory(tree.resolve("usr/lib/modules"))) {
      Files.createSymbolicLink(tree.resolve("lib"), Path.of("usr/lib"));
    }
    Path image = only(tree.resolve("boot"), "vmlinuz-");
    String version = image.getFileName().toString().substring("vmlinuz-".length());
    Path modules = tree.resolve("lib/modules").resolve(version);
    if (!Files.isDirectory(modules)) {
      throw new BangerException(
          ErrorKind.HOST, "the kernel packages bring no modules for kernel " + version);
    }
    commands.check(Commands.Call.of(UNPACK_LIMIT, "depmod", "-b", tree.toString(), version));
    return new Kernel(version, image, modules);
  }

  private void keep(Path deb) throws IOException {
    Path kept = cache.resolve(deb.getFileName());
    // When it was last of use; a file that apt fetched may bear the server's date.
    Files.setLastModifiedTime(deb, FileTime.from(Instant.now()));
    if (Files.exists(kept) && Files.isSameFile(kept, deb)) {
      return;
    }
    Path fresh = cache.resolve(deb.getFileName() + ".new");
    Files.deleteIfExists(fresh);
    link(deb, fresh);
    Files.move(fresh, kept, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }

  private void forgetOld() throws IOException {
    Instant limit = Instant.now().minus(KEPT_UNUSED);
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(cache, "*.deb")) {
      for (Path entry : entries) {
        if (Files.getLastModifiedTime(entry).toInstant().isBefore(limit)) {
          Files.deleteIfExists(entry);
        }
      }
    }
  }

  private static void link(Path from, Path to) throws IOException {
    try {
      Files.createLink(to, from);
    } catch (FileAlreadyExistsException e) {
      throw e;
    } catch (IOException | UnsupportedOperationException e) {
      Files.copy(from, to, StandardCopyOption.COPY_ATTRIBUTES);
    }
  }

  private static Path only(Path dir, String prefix) throws IOException {
    try (Stream<Path> entries = Files.isDirectory(dir) ? Files.list(dir) : Stream.empty()) {
      List<Path> found =
          entries
              .filter(entry -> entry.getFileName().toString().startsWith(prefix))
              .filter(entry -> Files.isRegularFile(entry, LinkOption.NOFOLLOW_LINKS))
              .toList();
      if (found.size() != 1) {
        throw new BangerException(
            ErrorKind.HOST,
            "the kernel packages bring %d files %s*, not one".formatted(found.size(), prefix));
      }
      return found.getFirst();
    }
  }

  /**
   * @param version for example {@code 6.1.0-42-cloud-amd64}
   * @param modules with a {@code modules.dep}
   */
  record Kernel(String version, Path image, Path modules) {}
}
