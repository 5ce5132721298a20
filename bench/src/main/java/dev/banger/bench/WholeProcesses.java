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
 * <p>Usage: {@code WholeProcesses DIST [cli] [daemon] [memory] [many] [rpc] [plugins] [boot]};
 * without a name, those. {@code workspace}, {@code sessions} and {@code disks} have to be named;
 * {@code workspace:1000} is one of 1000 MB, {@code disks:DIR} makes them in that directory, for
 * other file systems. Uses a home of its own under {@code /tmp} and leaves nothing behind.
 */
public final class WholeProcesses {
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
      System.err.println(
          "usage: WholeProcesses DIST [cli] [daemon] [memory] [many] [rpc] [plugins] [boot] [disks]");
      System.exit(2);
    }
    Set<String> wanted = new TreeSet<>(List.of(args).subList(1, args.length));
    if (wanted.isEmpty()) {
      wanted.addAll(List.of("cli", "daemon", "memory", "many", "rpc", "plugins", "boot"));
    }
    Path home = Files.createTempDirectory(Path.of("/tmp"), "bgb");
    WholeProcesses bench = new WholeProcesses(Path.of(args[0]).toAbsolutePath(), home);
    try {
      bench.out.println(load());
      Pairs.heading(bench.out);
      if (wanted.contains("daemon")) {
        new DaemonBench(bench.programs, bench.dist).run(bench.pairs);
      }
      if (wanted.contains("memory")) {
        new MemoryBench(bench.programs, bench.dist, bench.out).run(bench.pairs);
      }
      if (wanted.contains("cli")) {
        new CliBench(bench.programs, bench.dist).run(bench.pairs);
      }
      if (wanted.contains("many")) {
        new ManyVmsBench(bench.programs, bench.dist).run(bench.pairs);
      }
      if (wanted.contains("rpc")) {
        new RpcBench(bench.programs, bench.dist, bench.out).run(bench.pairs);
      }
      if (wanted.contains("plugins")) {
        new PluginsBench(bench.programs, bench.dist).run(bench.pairs);
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
      if (bench.pairs.over() > 0) {
        bench.out.println(bench.pairs.over() + " over their targets");
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

  private void disks(Path where) throws Exception {
    Path data = Files.createTempDirectory(where.toAbsolutePath(), "disks");
    try {
      new DisksBench(programs, out, data).run(pairs);
    } finally {
      delete(data);
    }
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
