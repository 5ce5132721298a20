package dev.banger.core.disk;

import dev.banger.core.host.Commands;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * Loop and device-mapper devices as a folder with {@code sys}, {@code dev} and {@code proc}, and
 * the commands that change them. Loop devices that are to go by themselves go when time passes.
 */
final class FakeKernel implements FakeCommands.Script {
  final Path root;
  final FakeCommands commands = new FakeCommands(this);
  final Map<String, Integer> busy = new HashMap<>();
  final Set<String> deferred = new TreeSet<>();
  final List<Duration> naps = new ArrayList<>();
  String status = "";
  boolean directIo = true;
  boolean makesNodes = true;

  /** From this command on, counted from 1, none runs. */
  int killedAt = Integer.MAX_VALUE;

  /** Whether the one at which it is killed still runs. */
  boolean killedAfter;

  /** This one alone fails, having done nothing. */
  int failsAt = Integer.MAX_VALUE;

  private int count;
  private int sequence = 7;

  FakeKernel(Path root) throws IOException {
    this.root = root;
    Files.createDirectories(root.resolve("sys/block"));
    Files.createDirectories(root.resolve("sys/class/misc/device-mapper"));
    Files.createDirectories(root.resolve("dev/mapper"));
    Files.createFile(root.resolve("dev/loop-control"));
    Files.createDirectories(root.resolve("proc/self"));
    capabilities("000001ffffffffff");
  }

  static final class Killed extends Error {
    private static final long serialVersionUID = 1L;
  }

  void capabilities(String hex) throws IOException {
    Files.writeString(root.resolve("proc/self/status"), "Name:\tjava\nCapEff:\t" + hex + "\n");
  }

  List<String> calls() {
    return commands.calls().stream().map(argv -> String.join(" ", argv)).toList();
  }

  /** What is there, by name; loop devices with the file behind them. */
  List<String> devices() {
    return Stream.concat(
            block("dm-").map(dir -> text(dir.resolve("dm/name"))),
            block("loop")
                .map(
                    dir ->
                        dir.getFileName() + " " + fileName(text(dir.resolve("loop/backing_file")))))
        .toList();
  }

  private static String fileName(String path) {
    return path.substring(path.lastIndexOf('/') + 1);
  }

  void nap(Duration time) {
    naps.add(time);
    settle();
  }

  /** What nobody holds and was told to go, goes. */
  void settle() {
    block("loop")
        .filter(dir -> text(dir.resolve("loop/autoclear")).equals("1"))
        .filter(dir -> list(dir.resolve("holders")).isEmpty())
        .filter(dir -> !isOpen(root.resolve("dev").resolve(dir.getFileName())))
        .forEach(this::delete);
  }

  private static boolean isOpen(Path node) {
    Path descriptors = Path.of("/proc/self/fd");
    for (String descriptor : list(descriptors)) {
      try {
        if (Files.readSymbolicLink(descriptors.resolve(descriptor)).equals(node)) {
          return true;
        }
      } catch (IOException e) {
        // Closed meanwhile.
      }
    }
    return false;
  }

  @Override
  public Commands.Result answer(Commands.Call call) {
    count++;
    if (count > killedAt || (count == killedAt && !killedAfter)) {
      throw new Killed();
    }
    if (count == failsAt) {
      return new Commands.Result(1, "", "it did not work\n");
    }
    Commands.Result result = run(call);
    if (count == killedAt) {
      throw new Killed();
    }
    return result;
  }

  /** The daemon is a new one; counting starts again. */
  void restarted() {
    count = 0;
    killedAt = Integer.MAX_VALUE;
    failsAt = Integer.MAX_VALUE;
    settle();
  }

  private Commands.Result run(Commands.Call call) {
    List<String> argv = call.argv();
    return switch (argv.getFirst() + " " + argv.get(1)) {
      case "losetup --find" -> find(argv);
      case "losetup --detach" -> detach(argv.subList(2, argv.size()));
      case "dmsetup create" -> create(call);
      case "dmsetup remove" -> remove(argv);
      case "dmsetup message", "dmsetup targets", "modprobe --all" ->
          new Commands.Result(0, "zero v1.1.0\nsnapshot         v1.16.0\n", "");
      case "dmsetup status" -> new Commands.Result(0, status, "");
      case "dmsetup mknodes" -> {
        write("dev/mapper/" + argv.getLast(), "");
        yield FakeCommands.OK;
      }
      default -> throw new AssertionError("unexpected: " + argv);
    };
  }

  private Commands.Result find(List<String> argv) {
    if (argv.contains("--direct-io=on") && !directIo) {
      return new Commands.Result(
          1, "", "losetup: failed to set up loop device: Invalid argument\n");
    }
    return new Commands.Result(0, "/dev/" + loop(Path.of(argv.getLast())) + "\n", "");
  }

  /** Puts a file behind a loop device, as anybody might. */
  String loop(Path file) {
    int n = 0;
    while (Files.exists(root.resolve("sys/block/loop" + n))) {
      n++;
    }
    String at = "sys/block/loop" + n + "/";
    write(at + "loop/backing_file", file + "\n");
    write(at + "loop/autoclear", "0\n");
    write(at + "diskseq", sequence++ + "\n");
    write("dev/loop" + n, "");
    return "loop" + n;
  }

  private Commands.Result detach(List<String> nodes) {
    for (String node : nodes) {
      write("sys/block/" + fileName(node) + "/loop/autoclear", "1\n");
    }
    settle();
    return FakeCommands.OK;
  }

  private Commands.Result create(Commands.Call call) {
    List<String> argv = call.argv();
    String uuid = argv.get(argv.indexOf("--uuid") + 1);
    try {
      String table = new String(call.stdin().readAllBytes(), StandardCharsets.US_ASCII);
      mapped(argv.getLast(), uuid, table);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return FakeCommands.OK;
  }

  /** Makes a device; with an empty table a half-made one. */
  void mapped(String name, String uuid, String table) {
    if (block("dm-").anyMatch(dir -> text(dir.resolve("dm/name")).equals(name))) {
      throw new AssertionError(name + " is there already");
    }
    int n = 0;
    while (Files.exists(root.resolve("sys/block/dm-" + n))) {
      n++;
    }
    String at = "sys/block/dm-" + n + "/";
    write(at + "dm/name", name + "\n");
    write(at + "dm/uuid", uuid + "\n");
    write(at + "dm/suspended", "0\n");
    // What the files bear that stand for nodes here.
    write(at + "dev", "0:0\n");
    long sectors = 0;
    for (String line : table.lines().toList()) {
      String[] words = line.split(" ");
      sectors += Long.parseLong(words[1]);
      for (String word : words) {
        if (word.contains("/dev/")) {
          String slave = device(word);
          write(at + "slaves/" + slave, "");
          write("sys/block/" + slave + "/holders/dm-" + n, "");
        }
      }
    }
    write(at + "size", sectors + "\n");
    if (makesNodes) {
      write("dev/mapper/" + name, "");
    }
  }

  private String device(String node) {
    String name = fileName(node);
    return name.startsWith("loop")
        ? name
        : block("dm-")
            .filter(dir -> text(dir.resolve("dm/name")).equals(name))
            .findFirst()
            .orElseThrow()
            .getFileName()
            .toString();
  }

  private Commands.Result remove(List<String> argv) {
    if (argv.get(2).equals("--deferred")) {
      deferred.addAll(argv.subList(3, argv.size()));
      return FakeCommands.OK;
    }
    for (String name : argv.subList(2, argv.size())) {
      Path dir = root.resolve("sys/block").resolve(device("/dev/mapper/" + name));
      boolean inUse = busy.merge(name, -1, Integer::sum) >= 0;
      if (inUse || !list(dir.resolve("holders")).isEmpty()) {
        return new Commands.Result(
            1,
            "",
            "device-mapper: remove ioctl on %s  failed: Device or resource busy\n".formatted(name));
      }
      for (String slave : list(dir.resolve("slaves"))) {
        delete(
            root.resolve("sys/block").resolve(slave).resolve("holders").resolve(dir.getFileName()));
      }
      delete(dir);
      if (makesNodes) {
        delete(root.resolve("dev/mapper").resolve(name));
      }
    }
    settle();
    return FakeCommands.OK;
  }

  private Stream<Path> block(String prefix) {
    Path block = root.resolve("sys/block");
    return list(block).stream().filter(name -> name.startsWith(prefix)).map(block::resolve);
  }

  private void write(String path, String content) {
    try {
      Path file = root.resolve(path);
      Files.createDirectories(file.getParent());
      Files.writeString(file, content);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static List<String> list(Path dir) {
    if (!Files.exists(dir)) {
      return List.of();
    }
    try (Stream<Path> entries = Files.list(dir)) {
      return entries.map(entry -> entry.getFileName().toString()).sorted().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String text(Path file) {
    try {
      return Files.readString(file).strip();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void delete(Path tree) {
    try {
      if (Files.isDirectory(tree)) {
        list(tree).forEach(name -> delete(tree.resolve(name)));
      }
      Files.deleteIfExists(tree);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
