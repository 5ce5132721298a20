package dev.banger.core.boot;

import com.google.inject.AbstractModule;
import com.google.inject.Provides;
import com.google.inject.Singleton;
import com.google.inject.util.Modules;
import dev.banger.core.host.Commands;
import dev.banger.core.host.ProcessCommands;
import dev.banger.core.lifecycle.Upkeep;
import dev.banger.core.lifecycle.VmStore;
import dev.banger.core.store.Database;
import dev.banger.core.store.SqliteJournal;
import dev.banger.core.store.SqliteVmStore;
import dev.banger.hooks.HostCalls;
import dev.banger.hooks.Journal;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * The daemon as it is, which dies at the point whose number is in {@code BANGER_CRASH_AT}: before
 * every write to the hook journal or to a VM's record, and before and after every call of a plugin
 * into the host; or else at those points whose names {@code BANGER_CRASH_POINTS} matches, which may
 * be those before and after any command, too. {@code BANGER_LOOK_MS} says how often it looks after
 * what running VMs have.
 */
public final class CrashingDaemon {
  private CrashingDaemon() {}

  public static void main(String[] args) {
    Logs.configure();
    CrashPoints points =
        new CrashPoints(
            Path.of(System.getenv("BANGER_CRASH_DIR")),
            Integer.parseInt(System.getenv("BANGER_CRASH_AT")),
            Pattern.compile(System.getenv().getOrDefault("BANGER_CRASH_POINTS", "(?!command ).*")));
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
    Commands commands() {
      Commands real = new ProcessCommands();
      return new Commands() {
        @Override
        public Result run(Call call) throws InterruptedException {
          // Plugins' tools are run by env.
          String name =
              String.join(" ", call.argv())
                  .replaceFirst("^env .* LC_ALL=C ", "")
                  .replaceFirst("^\\S*/", "");
          points.pass("command before " + name);
          Result result = real.run(call);
          points.pass("command after " + name);
          return result;
        }

        @Override
        public Optional<Path> find(String tool) {
          return real.find(tool);
        }
      };
    }

    @Provides
    @Singleton
    Upkeep upkeep() {
      String millis = System.getenv("BANGER_LOOK_MS");
      return millis == null ? new Upkeep() : new Upkeep(Duration.ofMillis(Long.parseLong(millis)));
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
