package dev.banger.bench;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * What a person waits for, against programs of the same kind in the same run.
 *
 * <p>Usage: {@code WholeProcesses DIST [cli] [daemon] [plugins] [boot]}; without a name, those.
 * {@code workspace}, {@code sessions} and {@code disks} have to be named; {@code workspace:1000} is
 * one of 1000 MB, {@code disks:DIR} makes them in that directory, for other file systems. Uses a
 * home of its own under {@code /tmp} and leaves nothing behind.
 */
public final class WholeProcesses {
  private static final int PAIRS = 20;
  private static final int DAEMON_PAIRS = 12;

  private final Path dist;
  private final Programs programs;
  private final PrintStream out = System.out;
  private final Pairs pairs = new Pairs(out);

  private WholeProcesses(Path dist, Path home) {
    this.dist = dist;
    this.programs = new Programs(home);
  }

  public static void main(String[] args) throws Exception {
    if (args.length == 0 || !Files.isExecutable(Path.of(args[0], "bin/banger"))) {
      System.err.println("usage: WholeProcesses DIST [cli] [daemon] [plugins] [boot] [disks]");
      System.exit(2);
    }
    Set<String> wanted = new TreeSet<>(List.of(args).subList(1, args.length));
    if (wanted.isEmpty()) {
      wanted.addAll(List.of("cli", "daemon", "plugins", "boot"));
    }
    Path home = Files.createTempDirectory(Path.of("/tmp"), "bgb");
    WholeProcesses bench = new WholeProcesses(Path.of(args[0]).toAbsolutePath(), home);
    try {
      bench.out.println(load());
      Pairs.heading(bench.out);
      if (wanted.contains("daemon")) {
        bench.daemon();
      }
      if (wanted.contains("plugins")) {
        bench.plugins();
      }
      if (wanted.contains("cli")) {
        bench.cli();
      }
      if (wanted.contains("boot")) {
        new BootBench(bench.programs, bench.dist, bench.out).run();
      }
      for (String each : wanted) {
        if (each.equals("sessions") || each.startsWith("sessions:")) {
          String size = each.contains(":") ? each.substring(each.indexOf(':') + 1) : "1000";
          new SessionBench(bench.programs, bench.dist, bench.out)
              .run(bench.pairs, Integer.parseInt(size));
        }
        if (each.equals("disks") || each.startsWith("disks:")) {
          bench.disks(each.contains(":") ? Path.of(each.substring(each.indexOf(':') + 1)) : home);
        }
        if (each.equals("workspace") || each.startsWith("workspace:")) {
          String size = each.contains(":") ? each.substring(each.indexOf(':') + 1) : "100";
          new WorkspaceBench(bench.programs, bench.dist, bench.out)
              .run(bench.pairs, Integer.parseInt(size));
        }
      }
      bench.out.println(load());
    } finally {
      bench.close();
    }
  }

  private static String load() throws IOException {
    return "load average "
        + Files.readString(Path.of("/proc/loadavg")).strip()
        + ", "
        + Runtime.getRuntime().availableProcessors()
        + " processors";
  }

  private void cli() throws Exception {
    String banger = dist.resolve("bin/banger").toString();
    programs.time(List.of(banger, "daemon", "start"));
    pairs.compare(
        "banger vm list", programs.timed(banger, "vm", "list"), "java Hello", hello(), PAIRS);
    pairs.compare(
        "banger version", programs.timed(banger, "version"), "java Hello", hello(), PAIRS);
    var node = Programs.onPath("node");
    if (node.isPresent()) {
      Pairs.Timed nothing = programs.timed(node.get(), "-e", "0");
      pairs.compare(
          "banger vm list", programs.timed(banger, "vm", "list"), "node -e 0", nothing, PAIRS);
      pairs.compare("banger --help", programs.timed(banger, "--help"), "node -e 0", nothing, PAIRS);
    }
    var git = Programs.onPath("git");
    if (git.isPresent()) {
      pairs.compare(
          "banger vm list",
          programs.timed(banger, "vm", "list"),
          "git --version",
          programs.timed(git.get(), "--version"),
          PAIRS);
    }
    programs.time(List.of(banger, "daemon", "stop"));
  }

  private void daemon() throws Exception {
    DaemonStart start = new DaemonStart(programs, dist);
    pairs.compare(
        "daemon: exec to first answer",
        () -> start.run("daemon.ping"),
        "java Hello",
        hello(),
        DAEMON_PAIRS);
    pairs.compare(
        "daemon: exec to vm.list", () -> start.run("vm.list"), "java Hello", hello(), DAEMON_PAIRS);
  }

  /** What each further plugin costs: the same with many and with those of banger's own alone. */
  private void plugins() throws Exception {
    DaemonStart few = new DaemonStart(programs, dist);
    String banger = dist.resolve("bin/banger").toString();
    for (int count : new int[] {10, 30}) {
      Path home = Files.createDirectory(programs.home().resolve("with-" + count));
      SamplePlugins.into(home.resolve("data/plugins"), count);
      Programs many = new Programs(home);
      DaemonStart start = new DaemonStart(many, dist);
      pairs.compare(
          "daemon to vm.list, +%d plugins".formatted(count),
          () -> start.run("vm.list"),
          "without them",
          () -> few.run("vm.list"),
          DAEMON_PAIRS);
      for (Programs each : List.of(many, programs)) {
        // Leaves the manifests behind; help is cold: no daemon runs when it is asked for.
        each.time(List.of(banger, "plugin", "list"));
        each.time(List.of(banger, "daemon", "stop"));
      }
      pairs.compare(
          "banger --help, +%d plugins".formatted(count),
          many.timed(banger, "--help"),
          "without them",
          programs.timed(banger, "--help"),
          PAIRS);
    }
  }

  private void disks(Path where) throws Exception {
    Path data = Files.createTempDirectory(where.toAbsolutePath(), "disks");
    try {
      new DisksBench(programs, out, data).run(pairs);
    } finally {
      delete(data);
    }
  }

  /** Java on the same runtime, with its default archive of classes. */
  private Pairs.Timed hello() {
    return programs.timed(
        dist.resolve("runtime/bin/java").toString(),
        "-cp",
        System.getProperty("java.class.path").split(":")[0],
        "dev.banger.bench.Hello");
  }

  private List<ProcessHandle> ours() {
    long self = ProcessHandle.current().pid();
    return ProcessHandle.allProcesses()
        .filter(process -> process.pid() != self)
        .filter(process -> commandLine(process).contains(programs.home().toString()))
        .toList();
  }

  private static String commandLine(ProcessHandle process) {
    try {
      return new String(
          Files.readAllBytes(Path.of("/proc", Long.toString(process.pid()), "cmdline")),
          StandardCharsets.UTF_8);
    } catch (IOException e) {
      // It has ended meanwhile.
      return "";
    }
  }

  private void close() throws IOException, InterruptedException {
    String banger = dist.resolve("bin/banger").toString();
    if (Files.exists(programs.home().resolve("run/d.sock"))) {
      // Only after a failure: a good run has stopped its daemon.
      programs.start(List.of(banger, "vm", "delete", "--all", "--force"), quiet()).waitFor();
      programs.start(List.of(banger, "daemon", "stop"), quiet()).waitFor();
    }
    ours().forEach(ProcessHandle::destroyForcibly);
    delete(programs.home());
  }

  private static void delete(Path tree) throws IOException {
    List<Path> all;
    try (Stream<Path> walk = Files.walk(tree)) {
      all = new ArrayList<>(walk.toList());
    }
    for (Path path : all.reversed()) {
      Files.deleteIfExists(path);
    }
  }

  private static java.io.File quiet() {
    return new java.io.File("/dev/null");
  }
}
