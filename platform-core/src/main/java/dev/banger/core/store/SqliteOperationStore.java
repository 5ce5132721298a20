package dev.banger.core.store;

import dev.banger.core.lifecycle.OperationLog;
import dev.banger.core.lifecycle.OperationStore;
import jakarta.inject.Inject;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** {@link OperationStore} in the table {@code operations}: the last {@value #KEPT} of them. */
public final class SqliteOperationStore implements OperationStore {
  static final int KEPT = OperationLog.KEPT;

  /** Characters of stages kept of one operation. */
  static final int MAX_STAGES = 256 * 1024;

  private static final String TOO_LONG =
      """
      [{"stage":"stages","status":"note","elapsedMs":0,"message":"too many stages to keep"}]""";

  private final Database database;

  @Inject
  public SqliteOperationStore(Database database) {
    this.database = database;
  }

  @Override
  public long nextOperationNumber() {
    return database.write(
        connection -> {
          long next = Cursors.get(connection, "operation").orElse(0) + 1;
          Cursors.set(connection, "operation", next);
          return next;
        });
  }

  @Override
  public void save(FinishedOperation operation) {
    database.write(
        connection -> {
          try (PreparedStatement insert =
              connection.prepareStatement(
                  """
                  INSERT OR REPLACE INTO operations
                    (id, kind, vm, state, started_at, ended_at, error, stages)
                  VALUES (?, ?, ?, ?, ?, ?, ?, ?)
                  """)) {
            insert.setString(1, operation.id());
            insert.setString(2, operation.kind());
            insert.setString(3, operation.vm());
            insert.setString(4, operation.state());
            insert.setString(5, operation.startedAt().toString());
            insert.setString(6, operation.endedAt().toString());
            insert.setString(7, operation.errorJson());
            insert.setString(
                8,
                operation.stagesJson().length() <= MAX_STAGES ? operation.stagesJson() : TOO_LONG);
            insert.executeUpdate();
          }
          try (PreparedStatement trim =
              connection.prepareStatement(
                  """
                  DELETE FROM operations WHERE seq <=
                    (SELECT seq FROM operations ORDER BY seq DESC LIMIT 1 OFFSET ?)
                  """)) {
            trim.setInt(1, KEPT);
            return trim.executeUpdate();
          }
        });
  }

  @Override
  public Optional<FinishedOperation> find(String id) {
    return database.read(
        connection -> {
          try (PreparedStatement query =
              connection.prepareStatement("SELECT * FROM operations WHERE id = ?")) {
            query.setString(1, id);
            try (ResultSet rows = query.executeQuery()) {
              return rows.next() ? Optional.of(decode(rows)) : Optional.empty();
            }
          }
        });
  }

  @Override
  public List<FinishedOperation> recent(int limit) {
    return database.read(
        connection -> {
          try (PreparedStatement query =
              connection.prepareStatement("SELECT * FROM operations ORDER BY seq DESC LIMIT ?")) {
            query.setInt(1, Math.max(0, limit));
            try (ResultSet rows = query.executeQuery()) {
              List<FinishedOperation> operations = new ArrayList<>();
              while (rows.next()) {
                operations.add(decode(rows));
              }
              return operations;
            }
          }
        });
  }

  private static FinishedOperation decode(ResultSet row) throws SQLException {
    return new FinishedOperation(
        row.getString("id"),
        row.getString("kind"),
        row.getString("vm"),
        row.getString("state"),
        Instant.parse(row.getString("started_at")),
        Instant.parse(row.getString("ended_at")),
        row.getString("error"),
        row.getString("stages"));
  }
}
