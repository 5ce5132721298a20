package dev.banger.bench;

import java.nio.file.Path;

/** From the start of the daemon's process to its first answers. */
final class DaemonBench {
  private static final int PAIRS = 20;

  private final Programs programs;
  private final Path dist;

  DaemonBench(Programs programs, Path dist) {
    this.programs = programs;
    this.dist = dist;
  }

  void run(Pairs pairs) throws Exception {
    DaemonStart tuned = new DaemonStart(programs, dist);
    DaemonStart untuned = DaemonStart.untuned(programs, dist);
    Pairs.Timed hello = Hello.on(programs, dist);
    pairs.compare(
        "daemon: exec to vm.list",
        () -> tuned.run("vm.list"),
        "the same jars untuned",
        () -> untuned.run("vm.list"),
        PAIRS,
        Target.atMost(0.45));
    pairs.compare(
        "daemon: exec to vm.list", () -> tuned.run("vm.list"), "java Hello", hello, PAIRS);
    pairs.compare(
        "daemon: exec to first answer", () -> tuned.run("daemon.ping"), "java Hello", hello, PAIRS);
  }
}
