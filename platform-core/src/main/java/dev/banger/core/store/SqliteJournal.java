package dev.banger.core.store;

import dev.banger.api.CapabilityException;
import dev.banger.api.FailureKind;
import dev.banger.core.store.StepRows.BrokenStepException;
import dev.banger.hooks.HookHistory;
import dev.banger.hooks.HookRun;
import dev.banger.hooks.Journal;
import dev.banger.hooks.JournalRow;
import jakarta.inject.Inject;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * {@link Journal} in the tables {@code hook_steps}, {@code hook_runs} and {@code hook_endpoints}.
 *
 * <p>A row that was damaged from outside hides no other: without a legible receipt it is returned
 * with none, otherwise it is left out, logged once, and kept, so that its step is not begun again
 * over what may still be there.
 */
public final class SqliteJournal implements Journal, HookHistory {
  private static final Logger LOG = LoggerFactory.getLogger(SqliteJournal.class);

  private final Database database;
  private final Set<String> reported = ConcurrentHashMap.newKeySet();

  @Inject
  public SqliteJournal(Database database) {
    this.database = database;
  }

  @Override
  public long begin(JournalRow row) {
    return write(
        connection -> {
          clearWay(connection, row);
          try (PreparedStatement insert = connection.prepareStatement(StepRows.INSERT)) {
            StepRows.bind(insert, row);
            insert.executeUpdate();
          }
          return Connections.number(connection, "SELECT last_insert_rowid()");
        });
  }

  /** Removes the row of an earlier start, unless something may be left of that start. */
  private static void clearWay(Connection connection, JournalRow row) throws SQLException {
    try (PreparedStatement query =
        connection.prepareStatement(
            "SELECT * FROM hook_steps WHERE vm_id = ? AND plugin = ? AND step = ?")) {
      query.setString(1, row.vm().id());
      query.setString(2, row.plugin());
      query.setString(3, row.step());
      try (ResultSet rows = query.executeQuery()) {
        if (!rows.next()) {
          return;
        }
        String title = "%s of vm \"%s\"".formatted(row.title(), row.vm().name());
        boolean holds;
        try {
          holds = StepRows.decode(rows).row().state().holds();
        } catch (BrokenStepException e) {
          throw new CapabilityException(
              FailureKind.HOST,
              "%s was begun before, and its record cannot be read: %s"
                  .formatted(title, e.getMessage()),
              "the database was changed from outside; make another VM, or bring a backup back",
              e);
        }
        if (holds) {
          throw new CapabilityException(
              FailureKind.INTERNAL, title + " is begun and not stopped yet");
        }
        delete(connection, rows.getLong("id"));
      }
    }
  }

  @Override
  public void intend(long id, String receiptJson) {
    write(
        connection -> {
          try (PreparedStatement update =
              connection.prepareStatement("UPDATE hook_steps SET receipt = ? WHERE id = ?")) {
            update.setString(1, receiptJson);
            update.setLong(2, id);
            return expectOne(update.executeUpdate(), id);
          }
        });
  }

  @Override
  public void settle(
      long id,
      JournalRow.State state,
      Optional<String> receiptJson,
      String note,
      String reason,
      Duration took,
      HookRun run) {
    switch (state) {
      case STARTED, SKIPPED, FAILED -> {}
      case STARTING, STOP_FAILED ->
          throw new IllegalArgumentException("a start does not end as " + state);
    }
    write(
        connection -> {
          try (PreparedStatement update =
              connection.prepareStatement(
                  """
                  UPDATE hook_steps
                  SET state = ?, receipt = coalesce(?, receipt), note = ?, reason = ?, took = ?,
                      attempts = 0, retry_at = NULL
                  WHERE id = ?
                  """)) {
            update.setString(1, state.wireName());
            update.setString(2, receiptJson.orElse(null));
            update.setString(3, note);
            update.setString(4, reason);
            update.setString(5, took.toString());
            update.setLong(6, id);
            expectOne(update.executeUpdate(), id);
          }
          RunRows.add(connection, run);
          return null;
        });
  }

  @Override
  public void stopFailed(long id, String reason, Instant retryAt, HookRun run) {
    write(
        connection -> {
          try (PreparedStatement update =
              connection.prepareStatement(
                  """
                  UPDATE hook_steps
                  SET state = ?, reason = ?, retry_at = ?, attempts = min(attempts + 1, 2147483647)
                  WHERE id = ?
                  """)) {
            update.setString(1, JournalRow.State.STOP_FAILED.wireName());
            update.setString(2, reason);
            update.setString(3, retryAt.toString());
            update.setLong(4, id);
            expectOne(update.executeUpdate(), id);
          }
          RunRows.add(connection, run);
          return null;
        });
  }

  @Override
  public void close(long id, Optional<HookRun> run) {
    write(
        connection -> {
          delete(connection, id);
          if (run.isPresent()) {
            RunRows.add(connection, run.get());
          }
          return null;
        });
  }

  private static void delete(Connection connection, long id) throws SQLException {
    try (PreparedStatement delete =
        connection.prepareStatement("DELETE FROM hook_steps WHERE id = ?")) {
      delete.setLong(1, id);
      delete.executeUpdate();
    }
  }

  private static Void expectOne(int changed, long id) {
    if (changed != 1) {
      throw new CapabilityException(FailureKind.HOST, "the journal has no row " + id);
    }
    return null;
  }

  /** Survives the process at once, and a power cut after the next change of anything else. */
  @Override
  public void record(HookRun run) {
    PluginFailures.told(
        () ->
            database.writeUnforced(
                connection -> {
                  RunRows.add(connection, run);
                  return null;
                }));
  }

  @Override
  public List<JournalRow> open(String vmId) {
    return read(
        connection -> {
          try (PreparedStatement query =
              connection.prepareStatement("SELECT * FROM hook_steps WHERE vm_id = ? ORDER BY id")) {
            query.setString(1, vmId);
            return rows(query);
          }
        });
  }

  @Override
  public List<JournalRow> open() {
    return read(
        connection -> {
          try (PreparedStatement query =
              connection.prepareStatement("SELECT * FROM hook_steps ORDER BY id")) {
            return rows(query);
          }
        });
  }

  private List<JournalRow> rows(PreparedStatement query) throws SQLException {
    List<JournalRow> open = new ArrayList<>();
    try (ResultSet rows = query.executeQuery()) {
      while (rows.next()) {
        try {
          StepRows.Decoded decoded = StepRows.decode(rows);
          open.add(decoded.row());
          report(rows, decoded.problem());
        } catch (BrokenStepException e) {
          report(rows, e.getMessage());
        }
      }
    }
    return List.copyOf(open);
  }

  private void report(ResultSet row, String problem) throws SQLException {
    String which =
        "%d (%s, step %s, VM %s)"
            .formatted(
                row.getLong("id"),
                row.getString("plugin"),
                row.getString("step"),
                row.getString("vm_id"));
    if (!problem.isEmpty() && reported.add(which)) {
      LOG.warn("row {} of the journal cannot be read: {}", which, problem);
    }
  }

  @Override
  public void endpoints(String vmId, List<Endpoint> endpoints) {
    write(
        connection -> {
          EndpointRows.replace(connection, vmId, endpoints);
          return null;
        });
  }

  @Override
  public List<Endpoint> endpoints(String vmId) {
    return read(connection -> EndpointRows.of(connection, vmId));
  }

  @Override
  public Map<String, List<Endpoint>> endpoints() {
    return read(EndpointRows::all);
  }

  @Override
  public List<HookRun> runs(Optional<String> operation, Optional<String> vmId, int limit) {
    return read(connection -> RunRows.newest(connection, operation, vmId, limit));
  }

  private <T> T write(Database.Work<T> work) {
    return PluginFailures.told(() -> database.write(work));
  }

  private <T> T read(Database.Work<T> work) {
    return PluginFailures.told(() -> database.read(work));
  }
}
