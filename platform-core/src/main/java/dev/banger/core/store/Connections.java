package dev.banger.core.store;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import org.sqlite.SQLiteDataSource;

/**
 * Opens connections that are all set up alike.
 *
 * <p>The pragmas are per connection and off by default; {@code foreign_keys} is even ignored
 * silently inside a transaction. The busy timeout comes first because switching to WAL may itself
 * find the file busy.
 */
record Connections(Path file, int busyTimeoutMillis) {
  static final int BUSY_TIMEOUT_MILLIS = 5_000;
  private static final List<String> PRAGMAS =
      List.of("PRAGMA foreign_keys=ON", "PRAGMA synchronous=FULL", "PRAGMA trusted_schema=OFF");

  /** Insists that the file can be written: SQLite opens one that cannot without a word. */
  Connection writer() throws SQLException {
    Connection connection = open("PRAGMA journal_mode=WAL");
    try (Statement statement = connection.createStatement()) {
      statement.execute("BEGIN IMMEDIATE");
      statement.execute("ROLLBACK");
      return connection;
    } catch (SQLException | RuntimeException e) {
      connection.close();
      throw e;
    }
  }

  Connection reader() throws SQLException {
    return open("PRAGMA query_only=ON");
  }

  private Connection open(String last) throws SQLException {
    SQLiteDataSource source = new SQLiteDataSource();
    source.setUrl("jdbc:sqlite:" + file.toAbsolutePath());
    Connection connection = source.getConnection();
    try (Statement statement = connection.createStatement()) {
      statement.execute("PRAGMA busy_timeout=" + busyTimeoutMillis);
      for (String pragma : PRAGMAS) {
        statement.execute(pragma);
      }
      statement.execute(last);
      return connection;
    } catch (SQLException | RuntimeException e) {
      connection.close();
      throw e;
    }
  }

  /** The single number that a pragma or query answers. */
  static long number(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      rows.next();
      return rows.getLong(1);
    }
  }
}
