package dev.banger.bench;

import dev.banger.core.model.VmId;
import dev.banger.core.model.VmRecord;
import dev.banger.core.model.VmSpec;
import dev.banger.core.model.VmState;
import dev.banger.core.store.Database;
import dev.banger.core.store.SqliteVmStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What a thousand records of VMs cost that do not run. */
final class ManyVmsBench {
  private static final int PAIRS = 20;
  private static final int MANY = 1000;
  private static final int FEW = 10;

  private final Programs programs;
  private final Path dist;

  ManyVmsBench(Programs programs, Path dist) {
    this.programs = programs;
    this.dist = dist;
  }

  void run(Pairs pairs) throws Exception {
    Programs none = home("none", 0);
    Programs few = home("few", FEW);
    Programs many = home("many", MANY);
    start(pairs, many, none);
    String banger = dist.resolve("bin/banger").toString();
    for (Programs each : List.of(few, many)) {
      each.time(List.of(banger, "daemon", "start"));
    }
    try {
      for (String form : List.of("table", "json")) {
        String[] command = {banger, "vm", "list", "--all", "-o", form};
        pairs.compare(
            "vm list --all -o %s of 1000".formatted(form),
            many.timed(command),
            "of 10",
            few.timed(command),
            PAIRS,
            Target.atMost(1.3));
      }
    } finally {
      for (Programs each : List.of(few, many)) {
        each.time(List.of(banger, "daemon", "stop"));
      }
    }
  }

  /** By a request that is answered when all is wired and reconciled, and costs nothing itself. */
  private void start(Pairs pairs, Programs many, Programs none) throws Exception {
    DaemonStart withMany = new DaemonStart(many, dist);
    DaemonStart withNone = new DaemonStart(none, dist);
    pairs.compare(
        "daemon start with 1000 records",
        () -> withMany.run("image.list"),
        "with none",
        () -> withNone.run("image.list"),
        PAIRS,
        Target.atMost(1.25));
  }

  /** A home of its own with the records of so many VMs that are down. */
  Programs home(String name, int vms) throws Exception {
    Programs home = new Programs(Files.createDirectory(programs.home().resolve(name)));
    // The first start makes the database.
    new DaemonStart(home, dist).run("image.list");
    try (Database database = Database.open(home.home().resolve("state/banger.db"))) {
      SqliteVmStore store = new SqliteVmStore(database);
      for (int i = 0; i < vms; i++) {
        store.insert(down("vm-%04d".formatted(i), i));
      }
    }
    return home;
  }

  private static VmRecord down(String name, int number) {
    Instant now = Instant.now();
    return new VmRecord(
        VmId.random(),
        new VmSpec(
            name, "tiny", 2, 512, 1024, 2048, true, "auto", Map.of("project", "p" + number % 10)),
        number % 3 == 0 ? new VmState.Failed("its VMM was gone") : new VmState.Stopped(),
        "",
        0,
        now,
        Optional.of(now),
        "",
        false);
  }
}
