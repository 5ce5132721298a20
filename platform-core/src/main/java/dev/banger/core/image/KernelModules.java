package dev.banger.core.image;

import dev.banger.core.model.BangerException;
import dev.banger.core.model.ErrorKind;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The modules of one kernel, as {@code modules.dep} and {@code modules.builtin} tell. Module names
 * are the kernel's own: hyphens and underscores are the same.
 */
final class KernelModules {
  /** Debian's largest is a fifth of it. */
  private static final long MAX_LIST_BYTES = 16L << 20;

  private static final int MAX_PATH = 1024;

  private final Path dir;
  private final Map<String, Entry> loadable = new HashMap<>();
  private final Set<String> builtin = new HashSet<>();

  private record Entry(String path, List<String> needs) {}

  private KernelModules(Path dir) {
    this.dir = dir;
  }

  /**
   * @param dir for example {@code /lib/modules/6.1.0-42-cloud-amd64}
   */
  static KernelModules read(Path dir) throws IOException {
    KernelModules modules = new KernelModules(dir);
    for (String line : lines(dir.resolve("modules.dep"))) {
      modules.addDependency(line);
    }
    Path builtin = dir.resolve("modules.builtin");
    if (Files.exists(builtin)) {
      for (String line : lines(builtin)) {
        if (!line.isBlank()) {
          modules.builtin.add(name(checkPath(line.strip())));
        }
      }
    }
    return modules;
  }

  /** Whether the kernel has it, as a module or built in. */
  boolean has(String module) {
    String name = canonical(module);
    return builtin.contains(name) || loadable.containsKey(name);
  }

  /**
   * The files to load, each after what it needs. What is built in or unknown is skipped.
   *
   * @throws BangerException of kind INVALID when modules need each other in a circle, or one needs
   *     a module that is not there
   */
  List<Path> loadOrder(Collection<String> wanted) throws IOException {
    LinkedHashSet<String> order = new LinkedHashSet<>();
    for (String module : wanted) {
      String name = canonical(module);
      if (loadable.containsKey(name)) {
        place(name, order);
      }
    }
    List<Path> files = new ArrayList<>();
    for (String name : order) {
      files.add(file(loadable.get(name).path()));
    }
    return files;
  }

  /** Depth first, without recursion: the depth comes from a file. */
  private void place(String first, Set<String> placed) {
    Deque<String> open = new ArrayDeque<>();
    Set<String> isOpen = new HashSet<>();
    open.push(first);
    isOpen.add(first);
    while (!open.isEmpty()) {
      String module = open.peek();
      Optional<String> next = nextNeed(module, placed);
      if (next.isEmpty()) {
        isOpen.remove(open.peek());
        placed.add(open.pop());
      } else if (!isOpen.add(next.get())) {
        throw damaged("%s and %s need each other".formatted(module, next.get()));
      } else {
        open.push(next.get());
      }
    }
  }

  private Optional<String> nextNeed(String module, Set<String> placed) {
    if (placed.contains(module)) {
      return Optional.empty();
    }
    for (String need : loadable.get(module).needs()) {
      if (builtin.contains(need) || placed.contains(need)) {
        continue;
      }
      if (!loadable.containsKey(need)) {
        throw damaged("%s needs %s, which is not there".formatted(module, need));
      }
      return Optional.of(need);
    }
    return Optional.empty();
  }

  private void addDependency(String line) {
    if (line.isBlank()) {
      return;
    }
    int colon = line.indexOf(':');
    if (colon < 1) {
      throw damaged("a line of modules.dep has no colon");
    }
    String path = checkPath(line.substring(0, colon));
    // Listed outermost first, so from the end each comes after what it needs.
    List<String> needs = new ArrayList<>();
    for (String need : line.substring(colon + 1).strip().split(" +")) {
      if (!need.isEmpty()) {
        needs.addFirst(name(checkPath(need)));
      }
    }
    loadable.put(name(path), new Entry(path, List.copyOf(needs)));
  }

  private Path file(String path) throws IOException {
    Path file = dir.resolve(path);
    if (!Files.isRegularFile(file)) {
      throw damaged(path + " is listed in modules.dep but not there");
    }
    if (!file.toRealPath().startsWith(dir.toRealPath())) {
      throw damaged(path + " leads out of the kernel's own modules");
    }
    return file;
  }

  private static String checkPath(String path) {
    boolean odd =
        path.isEmpty()
            || path.length() > MAX_PATH
            || path.startsWith("/")
            || path.chars().anyMatch(Character::isISOControl)
            || List.of(path.split("/", -1)).contains("..");
    if (odd) {
      throw damaged("modules.dep or modules.builtin has an odd path");
    }
    return path;
  }

  /** {@code kernel/drivers/char/hw_random/virtio-rng.ko.xz} is {@code virtio_rng}. */
  private static String name(String path) {
    String file = path.substring(path.lastIndexOf('/') + 1);
    int suffix = file.indexOf(".ko");
    return canonical(suffix < 0 ? file : file.substring(0, suffix));
  }

  private static String canonical(String module) {
    return module.replace('-', '_');
  }

  private static List<String> lines(Path file) throws IOException {
    byte[] bytes;
    try (var in = Files.newInputStream(file)) {
      bytes = in.readNBytes((int) MAX_LIST_BYTES + 1);
    }
    if (bytes.length > MAX_LIST_BYTES) {
      throw damaged("%s is larger than %d bytes".formatted(file.getFileName(), MAX_LIST_BYTES));
    }
    return new String(bytes, StandardCharsets.UTF_8).lines().toList();
  }

  private static BangerException damaged(String what) {
    return new BangerException(ErrorKind.INVALID, "the kernel's module lists are damaged: " + what);
  }
}
