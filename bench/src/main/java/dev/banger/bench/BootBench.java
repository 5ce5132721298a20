package dev.banger.bench;

import dev.banger.bench.BareBoot.Cost;
import java.io.File;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * From {@code vm create} to ready, in turns with what the same machine costs without banger. Two
 * ratios each: of the time on the clock, which a busy host blurs, and of the CPU time, which it
 * hardly changes.
 */
final class BootBench {
  private static final int PAIRS = 6;
  private static final int AT_ONCE = 10;
  private static final Pattern STAGE =
      Pattern.compile("^ +(\\w+) +([0-9.]+) (ms|s)( .*)?$", Pattern.MULTILINE);

  private final Programs programs;
  private final String banger;
  private final PrintStream out;

  BootBench(Programs programs, Path dist, PrintStream out) {
    this.programs = programs;
    this.banger = dist.resolve("bin/banger").toString();
    this.out = out;
  }

  void run() throws Exception {
    programs.time(List.of(banger, "image", "import", "tiny"));
    programs.time(List.of(banger, "vm", "create", "model", "--image", "tiny"));
    Path dir = Files.createDirectory(programs.home().resolve("bare"));
    BareBoot bare = BareBoot.like(words(qemu("model")), dir, programs);
    programs.time(List.of(banger, "vm", "stop", "model"));
    bare.keepDisks();
    pairs(bare);
    together(bare);
    programs.time(List.of(banger, "vm", "delete", "model"));
    programs.time(List.of(banger, "daemon", "stop"));
  }

  private void pairs(BareBoot bare) throws Exception {
    List<Cost> shells = new ArrayList<>();
    List<Cost> agents = new ArrayList<>();
    List<Cost> creates = new ArrayList<>();
    List<Cost> hosts = new ArrayList<>();
    Map<String, List<Double>> stages = new LinkedHashMap<>();
    bare.toShell();
    for (int i = 0; i < PAIRS; i++) {
      // What runs first finds colder caches.
      if (i % 2 == 0) {
        shells.add(bare.toShell());
        agents.add(bare.toAgent());
        create(creates, hosts, stages);
      } else {
        create(creates, hosts, stages);
        agents.add(bare.toAgent());
        shells.add(bare.toShell());
      }
    }
    out.printf(
        "%n%-42s %5s  %-13s  %-13s  %8s %8s%n",
        "boot, against bare QEMU to a shell",
        "pairs",
        "clock: p50 90",
        "CPU: p50 p90",
        "s",
        "CPU s");
    row("bare QEMU to a shell", shells, shells);
    row("QEMU until the agent's greeting", agents, shells);
    row("vm create to ready", creates, shells);
    row("  of it daemon and command line", hosts, shells);
    stages.forEach(
        (stage, seconds) ->
            out.printf(Locale.ROOT, "  stage %-34s %46.3f%n", stage, Pairs.quantile(seconds, 0.5)));
    out.flush();
  }

  /** One VM; CPU time of its QEMU, of the daemon with what that ran, and of the command line. */
  private void create(List<Cost> whole, List<Cost> host, Map<String, List<Double>> stages)
      throws Exception {
    long daemon = daemon();
    double before = ProcessCpu.withChildren(daemon) + ProcessCpu.ofOurChildren();
    String printed;
    long nanos = System.nanoTime();
    printed =
        new String(
            programs.output(List.of(banger, "vm", "create", "one", "--image", "tiny")),
            StandardCharsets.UTF_8);
    nanos = System.nanoTime() - nanos;
    double guest = ProcessCpu.own(qemu("one"));
    double own = ProcessCpu.withChildren(daemon) + ProcessCpu.ofOurChildren() - before;
    double inStages = 0;
    Matcher stage = STAGE.matcher(printed);
    while (stage.find()) {
      double seconds =
          Double.parseDouble(stage.group(2)) / (stage.group(3).equals("ms") ? 1000 : 1);
      stages.computeIfAbsent(stage.group(1), _ -> new ArrayList<>()).add(seconds);
      inStages += stage.group(1).equals("wait_guest_agent") ? seconds : 0;
    }
    whole.add(new Cost(nanos, guest + own));
    host.add(new Cost(nanos - (long) (inStages * 1e9), own));
    programs.time(List.of(banger, "vm", "delete", "one", "--force"));
  }

  private void row(String what, List<Cost> ours, List<Cost> theirs) {
    List<Double> clock = new ArrayList<>();
    List<Double> cpu = new ArrayList<>();
    for (int i = 0; i < ours.size(); i++) {
      clock.add((double) ours.get(i).nanos() / theirs.get(i).nanos());
      cpu.add(ours.get(i).cpu() / theirs.get(i).cpu());
    }
    out.printf(
        Locale.ROOT,
        "%-42s %5d  %6.2f %6.2f  %6.2f %6.2f  %8.2f %8.2f%n",
        what,
        ours.size(),
        Pairs.quantile(clock, 0.5),
        Pairs.quantile(clock, 0.9),
        Pairs.quantile(cpu, 0.5),
        Pairs.quantile(cpu, 0.9),
        Pairs.quantile(ours.stream().map(Cost::seconds).toList(), 0.5),
        Pairs.quantile(ours.stream().map(Cost::cpu).toList(), 0.5));
  }

  /**
   * Many creates at once. What they would take on an idle machine is told by what they used and
   * what nobody used meanwhile; what they need at least, by as many bare boots.
   */
  private void together(BareBoot bare) throws Exception {
    double one = bare.toShell().cpu();
    long daemon = daemon();
    double before = ProcessCpu.withChildren(daemon) + ProcessCpu.ofOurChildren();
    double idle = ProcessCpu.idle();
    long started = System.nanoTime();
    List<Process> creates = new ArrayList<>();
    for (int i = 0; i < AT_ONCE; i++) {
      File log = programs.home().resolve("create-" + i).toFile();
      creates.add(programs.start(List.of(banger, "vm", "create", "t" + i, "--image", "tiny"), log));
    }
    for (int i = 0; i < AT_ONCE; i++) {
      if (creates.get(i).waitFor() != 0) {
        throw new IOException(Files.readString(programs.home().resolve("create-" + i)));
      }
    }
    double clock = (System.nanoTime() - started) / 1e9;
    idle = ProcessCpu.idle() - idle;
    double used = ProcessCpu.withChildren(daemon) + ProcessCpu.ofOurChildren() - before;
    for (int i = 0; i < AT_ONCE; i++) {
      used += ProcessCpu.own(qemu("t" + i));
    }
    int processors = Runtime.getRuntime().availableProcessors();
    one = (one + bare.toShell().cpu()) / 2;
    out.printf(
        Locale.ROOT,
        "%n%d creates at once, against %d bare boots on %d processors: clock %.2f, alone at most %.2f,"
            + " CPU %.2f, of their own CPU: alone at most %.2f  (%.1f s, %.1f CPU s)%n",
        AT_ONCE,
        AT_ONCE,
        processors,
        clock * processors / (AT_ONCE * one),
        (used + idle) / (AT_ONCE * one),
        used / (AT_ONCE * one),
        (used + idle) / used,
        clock,
        used);
    out.flush();
    for (int i = 0; i < AT_ONCE; i++) {
      programs.time(List.of(banger, "vm", "delete", "t" + i, "--force"));
    }
  }

  private long daemon() throws IOException {
    return process("-Dbanger.agent.disk=");
  }

  private long qemu(String vm) throws Exception {
    String shown =
        new String(
            programs.output(List.of(banger, "vm", "show", vm, "-o", "json")),
            StandardCharsets.UTF_8);
    Matcher id = Pattern.compile("\"id\":\"([0-9a-f]+)\"").matcher(shown);
    if (!id.find()) {
      throw new IOException("no id in " + shown);
    }
    return process("process=banger-" + id.group(1));
  }

  /** One of this home with that in its command line. */
  private long process(String mark) throws IOException {
    String home = programs.home().toString();
    for (ProcessHandle process : ProcessHandle.allProcesses().toList()) {
      String line = String.join(" ", words(process.pid()));
      if (line.contains(mark) && belongs(process.pid(), line, home)) {
        return process.pid();
      }
    }
    throw new IOException("no process with " + mark + " in its command line");
  }

  private static boolean belongs(long pid, String line, String home) {
    try {
      return line.contains(home)
          || new String(
                  Files.readAllBytes(Path.of("/proc", Long.toString(pid), "environ")),
                  StandardCharsets.UTF_8)
              .contains("BANGER_HOME=" + home);
    } catch (IOException e) {
      return false;
    }
  }

  private static List<String> words(long pid) {
    try {
      byte[] line = Files.readAllBytes(Path.of("/proc", Long.toString(pid), "cmdline"));
      return List.of(new String(line, StandardCharsets.UTF_8).split("\0"));
    } catch (IOException e) {
      return List.of(); // it has ended meanwhile
    }
  }
}
