package dev.banger.bench;

import dev.banger.client.BangerClient;
import dev.banger.client.DaemonSocket;
import dev.banger.client.Json;
import java.io.File;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * What the daemon holds in memory: when nothing is to be done, and for each VM that runs. The VMs
 * are processes, as QEMU's would be, that answer on its control socket; their agents are played
 * here.
 */
final class MemoryBench {
  private static final int PAIRS = 20;
  private static final int VM_ROUNDS = 3;
  private static final int VMS = 100;
  private static final int FIRST_ONES = 20;
  private static final long SETTLE_MILLIS = 3000;
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  /** Per VM: KiB and platform threads. */
  private static final double MOST_KIB = 192;

  private static final double MOST_THREADS = 1;

  private final Programs programs;
  private final Path dist;
  private final PrintStream out;

  MemoryBench(Programs programs, Path dist, PrintStream out) {
    this.programs = programs;
    this.dist = dist;
    this.out = out;
  }

  void run(Pairs pairs) throws Exception {
    idle(pairs);
    Optional<String> cc = Programs.onPath("cc");
    if (cc.isEmpty()) {
      out.println("memory per VM: left out, for there is no cc to compile a VMM that does nothing");
      return;
    }
    perVm(pairs, cc.get());
  }

  private void idle(Pairs pairs) throws Exception {
    List<Double> ratios = new ArrayList<>();
    List<Double> ours = new ArrayList<>();
    List<Double> theirs = new ArrayList<>();
    for (int i = 0; i < PAIRS; i++) {
      double daemon = idleMib();
      double hello = helloMib();
      ours.add(daemon);
      theirs.add(hello);
      ratios.add(daemon / hello);
    }
    pairs.print(
        "daemon: MiB when idle",
        "java Hello at its peak",
        ratios,
        Target.atMost(2.2),
        Pairs.quantile(ours, 0.5),
        Pairs.quantile(theirs, 0.5));
  }

  private double idleMib() throws Exception {
    try (RunningDaemon daemon = RunningDaemon.start(programs, dist)) {
      daemon.call("vm.list", Json.build().done());
      Thread.sleep(SETTLE_MILLIS);
      return ProcessFigures.of(daemon.pid()).residentKib() / 1024.0;
    }
  }

  private double helloMib() throws Exception {
    List<String> command = new ArrayList<>(Hello.command(dist));
    command.add("stay");
    Path printed = programs.home().resolve("hello.out");
    ProcessBuilder builder = new ProcessBuilder(command).redirectOutput(printed.toFile());
    Files.deleteIfExists(printed);
    Process hello = builder.redirectError(new File("/dev/null")).start();
    try {
      long end = System.nanoTime() + PATIENCE.toNanos();
      while (!Files.exists(printed) || Files.size(printed) == 0) {
        if (System.nanoTime() > end || !hello.isAlive()) {
          throw new IOException("no hello from " + command);
        }
        Thread.sleep(5);
      }
      return ProcessFigures.of(hello.pid()).peakKib() / 1024.0;
    } finally {
      hello.destroyForcibly().waitFor();
    }
  }

  private void perVm(Pairs pairs, String cc) throws Exception {
    Path home = Files.createDirectory(programs.home().resolve("vmm"));
    Programs own = new Programs(home);
    Path vmm = home.resolve("qemu");
    Path source = Path.of(System.getProperty("banger.bench.c")).resolve("vmm.c");
    programs.time(List.of(cc, "-O2", "-o", vmm.toString(), source.toString()));
    Files.createDirectories(home.resolve("config"));
    Files.writeString(
        home.resolve("config/config.toml"),
        "qemu_bin = \"%s\"%naccel = \"tcg\"%n[plugins]%ndisabled = [%s]%n"
            .formatted(vmm, plugins()));
    own.time(List.of(dist.resolve("bin/banger").toString(), "image", "import", "tiny"));
    own.time(List.of(dist.resolve("bin/banger").toString(), "daemon", "stop"));
    List<Double> kib = new ArrayList<>();
    List<Double> threads = new ArrayList<>();
    try (PlayedAgents agents = PlayedAgents.listen(home.resolve("agents.sock"))) {
      for (int i = 0; i < VM_ROUNDS; i++) {
        ProcessFigures none = withVms(own, 0);
        ProcessFigures many = withVms(own, VMS);
        kib.add((double) (many.residentKib() - none.residentKib()) / VMS);
        threads.add((double) (many.threads() - none.threads()) / VMS);
      }
    }
    line("daemon: KiB for each running VM", kib, MOST_KIB, pairs);
    line("daemon: threads for each", threads, MOST_THREADS, pairs);
  }

  /** No ratio here: the limit itself is what it is compared with. */
  private static void line(String what, List<Double> figures, double limit, Pairs pairs) {
    pairs.print(
        what,
        "%d VMs and none".formatted(VMS),
        figures,
        Target.atMost(limit),
        Pairs.quantile(figures, 0.5),
        limit);
  }

  private ProcessFigures withVms(Programs own, int count) throws Exception {
    List<String> names = new ArrayList<>();
    try (RunningDaemon daemon = RunningDaemon.start(own, dist)) {
      // What the first ones cost that is never given back is no price of each.
      for (int i = 0; i < FIRST_ONES; i++) {
        create(daemon, "first-" + i);
        remove(daemon, "first-" + i);
      }
      for (int i = 0; i < count; i++) {
        names.add("vm-" + i);
        create(daemon, names.getLast());
      }
      Thread.sleep(SETTLE_MILLIS);
      ProcessFigures figures = ProcessFigures.of(daemon.pid());
      for (String name : names) {
        remove(daemon, name);
      }
      return figures;
    }
  }

  private static void create(RunningDaemon daemon, String name) {
    daemon.call(
        "vm.create",
        Json.build().put("name", name).put("image", "tiny").put("driver", "qemu").done());
  }

  private static void remove(RunningDaemon daemon, String name) {
    daemon.call("vm.kill", refs(name));
    daemon.call("vm.delete", refs(name));
  }

  private static Json refs(String name) {
    return Json.build().put("refs", Json.strings(List.of(name))).done();
  }

  private String plugins() throws IOException {
    try (var all = Files.list(dist.resolve("plugins"))) {
      return String.join(", ", all.map(each -> "\"" + each.getFileName() + "\"").sorted().toList());
    }
  }

  /** A daemon in the foreground, and one connection to it. */
  private record RunningDaemon(Process process, BangerClient client) implements AutoCloseable {
    static RunningDaemon start(Programs home, Path dist) throws Exception {
      File log = home.home().resolve("daemon.out").toFile();
      Process process = home.start(List.of(dist.resolve("bin/bangerd").toString()), log);
      Path socket = DaemonSocket.path(Map.of("BANGER_HOME", home.home().toString()));
      long end = System.nanoTime() + PATIENCE.toNanos();
      while (System.nanoTime() < end && process.isAlive()) {
        Optional<BangerClient> client = BangerClient.connect(socket, PATIENCE);
        if (client.isPresent()) {
          return new RunningDaemon(process, client.get());
        }
        Thread.sleep(5);
      }
      process.destroyForcibly().waitFor();
      throw new IOException("no daemon at %s; see %s".formatted(socket, log));
    }

    Json call(String method, Json params) {
      return client.call(method, params);
    }

    long pid() {
      return process.pid();
    }

    @Override
    public void close() throws Exception {
      try {
        client.call("daemon.stop", Json.build().done());
        process.waitFor();
      } finally {
        client.close();
        process.destroyForcibly().waitFor();
      }
    }
  }

  /** From {@code /proc/PID/status}. */
  private record ProcessFigures(long residentKib, long peakKib, long threads) {
    static ProcessFigures of(long pid) throws IOException {
      List<String> lines = Files.readAllLines(Path.of("/proc/%d/status".formatted(pid)));
      return new ProcessFigures(
          number(lines, "VmRSS:"), number(lines, "VmHWM:"), number(lines, "Threads:"));
    }

    private static long number(List<String> lines, String field) {
      return lines.stream()
          .filter(line -> line.startsWith(field))
          .map(line -> line.substring(field.length()).strip().toLowerCase(Locale.ROOT))
          .map(text -> text.split(" ", 2)[0])
          .mapToLong(Long::parseLong)
          .findFirst()
          .orElseThrow();
    }
  }
}
