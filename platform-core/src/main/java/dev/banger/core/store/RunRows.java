package dev.banger.core.store;

import dev.banger.hooks.HookRun;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The table {@code hook_runs}: the last {@value #KEPT} calls into plugins, and a few more. */
final class RunRows {
  static final int KEPT = 20_000;

  /** Rows are removed so many at a time, because each removal touches another page. */
  static final int SLACK = 256;

  /** Characters of a message. */
  static final int LONGEST = 1000;

  private RunRows() {}

  static void add(Connection connection, HookRun run) throws SQLException {
    try (PreparedStatement insert =
        connection.prepareStatement(
            """
            INSERT INTO hook_runs (operation, vm_id, vm_name, plugin, version, step, phase, action,
                                   at, took, outcome, message)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """)) {
      int at = 0;
      insert.setString(++at, run.operation());
      insert.setString(++at, run.vmId());
      insert.setString(++at, run.vmName());
      insert.setString(++at, run.plugin());
      insert.setString(++at, run.version());
      insert.setString(++at, run.step());
      insert.setString(++at, run.phase());
      insert.setString(++at, run.action());
      insert.setString(++at, run.at().toString());
      insert.setString(++at, run.took().toString());
      insert.setString(++at, run.outcome());
      insert.setString(++at, bounded(run.message()));
      insert.executeUpdate();
    }
    long last = Connections.number(connection, "SELECT last_insert_rowid()");
    if (last % SLACK == 0) {
      try (PreparedStatement prune =
          connection.prepareStatement("DELETE FROM hook_runs WHERE seq <= ?")) {
        prune.setLong(1, last - KEPT);
        prune.executeUpdate();
      }
    }
  }

  private static String bounded(String text) {
    return text.length() <= LONGEST ? text : text.substring(0, LONGEST) + "...";
  }

  /** Oldest first. */
  static List<HookRun> newest(
      Connection connection, Optional<String> operation, Optional<String> vmId, int limit)
      throws SQLException {
    List<HookRun> runs = new ArrayList<>();
    try (PreparedStatement query =
        connection.prepareStatement(
            """
            SELECT * FROM hook_runs
            WHERE (?1 IS NULL OR operation = ?1) AND (?2 IS NULL OR vm_id = ?2)
            ORDER BY seq DESC
            """)) {
      query.setString(1, operation.orElse(null));
      query.setString(2, vmId.orElse(null));
      try (ResultSet rows = query.executeQuery()) {
        while (runs.size() < limit && rows.next()) {
          decode(rows).ifPresent(runs::add);
        }
      }
    }
    return List.copyOf(runs.reversed());
  }

  /** Empty for a row whose times make no sense: it is only history. */
  private static Optional<HookRun> decode(ResultSet row) throws SQLException {
    try {
      return Optional.of(
          new HookRun(
              row.getString("operation"),
              row.getString("vm_id"),
              row.getString("vm_name"),
              row.getString("plugin"),
              row.getString("version"),
              row.getString("step"),
              row.getString("phase"),
              row.getString("action"),
              Instant.parse(row.getString("at")),
              Duration.parse(row.getString("took")),
              row.getString("outcome"),
              row.getString("message")));
    } catch (DateTimeException e) {
      return Optional.empty();
    }
  }
}
