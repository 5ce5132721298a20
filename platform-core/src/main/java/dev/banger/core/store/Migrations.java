package dev.banger.core.store;

import dev.banger.core.model.BangerException;
import dev.banger.core.model.ErrorKind;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Objects;

/**
 * Brings a database forward, one numbered script at a time, each in a transaction of its own. There
 * is no way back: before an existing database is touched, {@code <db>.bak-vN} is written, where N
 * is the schema it had.
 *
 * <p>Script n (from 1) leads to {@code user_version} n. Scripts that were released are never
 * edited.
 */
final class Migrations {
  private static final List<String> SCRIPTS =
      List.of("0001-vms.sql", "0002-operations.sql", "0003-hooks.sql", "0004-plugins.sql");

  private final List<String> scripts;

  /**
   * @param scripts SQL, in order
   */
  Migrations(List<String> scripts) {
    this.scripts = List.copyOf(scripts);
  }

  static Migrations all() {
    return new Migrations(SCRIPTS.stream().map(Migrations::load).toList());
  }

  void apply(Path file, Connection connection) throws SQLException {
    int found = Math.toIntExact(Connections.number(connection, "PRAGMA user_version"));
    if (found > scripts.size()) {
      throw new BangerException(
          ErrorKind.HOST,
          "the database %s has schema %d, and this banger knows schemas up to %d"
              .formatted(file, found, scripts.size()),
          "start the newer banger that wrote it, or upgrade this one");
    }
    if (found > 0 && found < scripts.size()) {
      DatabaseFile.vacuumInto(file, connection, DatabaseFile.sibling(file, ".bak-v" + found));
    }
    for (int version = found + 1; version <= scripts.size(); version++) {
      migrate(file, connection, version);
    }
  }

  private void migrate(Path file, Connection connection, int version) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute("BEGIN IMMEDIATE");
      boolean done = false;
      try {
        statement.executeUpdate(scripts.get(version - 1));
        statement.execute("PRAGMA user_version=" + version);
        statement.execute("COMMIT");
        done = true;
      } finally {
        if (!done) {
          statement.execute("ROLLBACK");
        }
      }
    } catch (SQLException e) {
      BangerException why = StoreErrors.translate(file, e);
      throw new BangerException(
          why.kind(),
          "migrating the database %s from schema %d to %d failed, and nothing was changed: %s"
              .formatted(file, version - 1, version, why.getMessage()),
          why.hint(),
          why.details(),
          e);
    }
  }

  private static String load(String name) {
    try (InputStream script = Migrations.class.getResourceAsStream(name)) {
      return new String(
          Objects.requireNonNull(script, name).readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read migration " + name, e);
    }
  }
}
