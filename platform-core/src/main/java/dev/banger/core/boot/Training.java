package dev.banger.core.boot;

import dev.banger.core.model.VmId;
import dev.banger.core.model.VmRecord;
import dev.banger.core.model.VmSpec;
import dev.banger.core.model.VmState;
import dev.banger.core.store.Database;
import dev.banger.core.store.SqliteVmStore;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/**
 * Puts the records of a few VMs that are down into a new home, before the daemon runs in it for the
 * archive of classes that {@code scripts/build-dist} makes: what reads and shows records is in the
 * archive only when there were some.
 */
final class Training {
  private static final int VMS = 24;

  private Training() {}

  public static void main(String[] args) {
    Layout layout = Layout.of(System.getenv());
    layout.create();
    try (Database database = Database.open(layout.database())) {
      SqliteVmStore store = new SqliteVmStore(database);
      for (int i = 0; i < VMS; i++) {
        store.insert(down("training-" + i, i % 2 == 0));
      }
    }
  }

  private static VmRecord down(String name, boolean wanted) {
    Instant now = Instant.now();
    return new VmRecord(
        VmId.random(),
        new VmSpec(name, "none", 1, 512, 1024, 1024, true, "auto", Map.of("project", "training")),
        wanted ? new VmState.Stopped() : new VmState.Failed("it was never there"),
        "",
        0,
        now,
        Optional.of(now),
        "",
        false);
  }
}
