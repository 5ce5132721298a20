package dev.banger.core.boot;

import com.google.inject.AbstractModule;
import com.google.inject.Provides;
import com.google.inject.Singleton;
import dev.banger.core.lifecycle.HandlesScratch;
import dev.banger.core.lifecycle.OperationLog;
import dev.banger.core.lifecycle.VmStore;
import dev.banger.core.model.Launched;
import dev.banger.core.model.VmHandles;
import dev.banger.core.model.VmPaths;
import dev.banger.core.rpc.JsonOperationLog;
import dev.banger.core.store.Database;
import dev.banger.core.store.HandlesFile;
import dev.banger.core.store.SqliteInstalledPlugins;
import dev.banger.core.store.SqliteJournal;
import dev.banger.core.store.SqliteOperationStore;
import dev.banger.core.store.SqlitePluginStore;
import dev.banger.core.store.SqliteVmStore;
import dev.banger.hooks.HookHistory;
import dev.banger.hooks.InstalledPlugins;
import dev.banger.hooks.Journal;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.util.Optional;

/** The database and the scratch files. */
@SuppressWarnings("CloseableProvides") // Opened closes them, in reverse order
final class StoreModule extends AbstractModule {
  @Provides
  @Singleton
  Database database(Layout layout, Opened opened) {
    return opened.add("the database", Database.open(layout.database()));
  }

  @Provides
  @Singleton
  VmStore vmStore(Database database) {
    return new SqliteVmStore(database);
  }

  @Provides
  @Singleton
  OperationLog operationLog(Database database) {
    return new JsonOperationLog(new SqliteOperationStore(database));
  }

  @Provides
  @Singleton
  SqliteJournal sqliteJournal(Database database) {
    return new SqliteJournal(database);
  }

  @Provides
  Journal journal(SqliteJournal journal) {
    return journal;
  }

  @Provides
  HookHistory hookHistory(SqliteJournal journal) {
    return journal;
  }

  @Provides
  @Singleton
  SqlitePluginStore pluginStore(Database database) {
    return new SqlitePluginStore(database);
  }

  @Provides
  @Singleton
  InstalledPlugins installedPlugins(Database database) {
    return new SqliteInstalledPlugins(database);
  }

  @Provides
  @Singleton
  HandlesScratch handlesScratch() {
    return new HandlesScratch() {
      @Override
      public Optional<VmHandles> read(VmPaths paths) {
        return HandlesFile.read(paths.handles());
      }

      @Override
      public Optional<Launched> launched(VmPaths paths) {
        return HandlesFile.readAll(paths.handles()).flatMap(HandlesFile.Content::launched);
      }

      @Override
      public void write(VmPaths paths, VmHandles handles, Launched launched) {
        HandlesFile.write(paths.handles(), handles, launched);
      }

      @Override
      public void delete(VmPaths paths) {
        try {
          Files.deleteIfExists(paths.handles());
        } catch (IOException e) {
          throw new UncheckedIOException(e);
        }
      }
    };
  }
}
