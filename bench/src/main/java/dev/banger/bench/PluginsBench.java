package dev.banger.bench;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** What each further plugin costs: the same with many and with those of banger's own alone. */
final class PluginsBench {
  private static final int PAIRS = 20;

  private final Programs programs;
  private final Path dist;

  PluginsBench(Programs programs, Path dist) {
    this.programs = programs;
    this.dist = dist;
  }

  void run(Pairs pairs) throws Exception {
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
          PAIRS);
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
}
