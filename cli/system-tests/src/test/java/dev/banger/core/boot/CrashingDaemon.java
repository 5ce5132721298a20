package dev.banger.core.boot;

import com.google.inject.AbstractModule;
import com.google.inject.Provides;
import com.google.inject.Singleton;
import com.google.inject.util.Modules;
import dev.banger.core.lifecycle.VmStore;
import dev.banger.core.store.Database;
import dev.banger.core.store.SqliteJournal;
import dev.banger.core.store.SqliteVmStore;
import dev.banger.hooks.HostCalls;
import dev.banger.hooks.Journal;
import java.nio.file.Path;
import java.util.Set;

/**
 * The daemon as it is, which dies at the point whose number is in {@code BANGER_CRASH_AT}: before
 * every write to the hook journal or to a VM's record, and before and after every call of a plugin
 * into the host.
 */
public final class CrashingDaemon {
  private CrashingDaemon() {}

  public static void main(String[] args) {
    Logs.configure();
    CrashPoints points =
        new CrashPoints(
            Path.of(System.getenv("BANGER_CRASH_DIR")),
            Integer.parseInt(System.getenv("BANGER_CRASH_AT")));
    System.exit(BangerDaemon.run(args, rooms -> Modules.override(rooms).with(new Fatal(points))));
  }

  private static final class Fatal extends AbstractModule {
    private final CrashPoints points;

    Fatal(CrashPoints points) {
      this.points = points;
    }

    @Provides
    @Singleton
    Journal journal(SqliteJournal real) {
      return points.before(
          Journal.class,
          real,
          "journal",
          Set.of("begin", "intend", "settle", "stopFailed", "close", "endpoints"));
    }

    @Provides
    @Singleton
    VmStore vmStore(Database database) {
      return points.before(
          VmStore.class,
          new SqliteVmStore(database),
          "record",
          Set.of("insert", "update", "delete"));
    }

    @Provides
    @Singleton
    HostCalls hostCalls() {
      return new HostCalls() {
        @Override
        public void before(String pluginId, String call) {
          points.pass(pluginId + " before " + call);
        }

        @Override
        public void after(String pluginId, String call, long nanos) {
          points.pass(pluginId + " after " + call);
        }
      };
    }
  }
}
