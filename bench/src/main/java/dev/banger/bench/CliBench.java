package dev.banger.bench;

import java.nio.file.Path;
import java.util.List;

/** One command from its start to its end, with a daemon that runs already. */
final class CliBench {
  private static final int PAIRS = 20;

  private final Programs programs;
  private final Path dist;

  CliBench(Programs programs, Path dist) {
    this.programs = programs;
    this.dist = dist;
  }

  void run(Pairs pairs) throws Exception {
    String banger = dist.resolve("bin/banger").toString();
    Pairs.Timed list = programs.timed(banger, "vm", "list");
    Pairs.Timed hello = Hello.on(programs, dist);
    programs.time(List.of(banger, "daemon", "start"));
    pairs.compare("banger vm list", list, "java Hello", hello, PAIRS, Target.atMost(2.25));
    pairs.compare("banger version", programs.timed(banger, "version"), "java Hello", hello, PAIRS);
    var node = Programs.onPath("node");
    if (node.isPresent()) {
      Pairs.Timed nothing = programs.timed(node.get(), "-e", "0");
      pairs.compare("banger vm list", list, "node -e 0", nothing, PAIRS, Target.atMost(1.35));
      pairs.compare(
          "banger --help",
          programs.timed(banger, "--help"),
          "node -e 0",
          nothing,
          PAIRS,
          Target.atMost(3));
    }
    var git = Programs.onPath("git");
    if (git.isPresent()) {
      pairs.compare(
          "banger vm list", list, "git --version", programs.timed(git.get(), "--version"), PAIRS);
    }
    programs.time(List.of(banger, "daemon", "stop"));
  }
}
