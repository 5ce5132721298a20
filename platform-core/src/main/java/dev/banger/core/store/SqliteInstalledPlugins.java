package dev.banger.core.store;

import dev.banger.hooks.InstalledPlugins;
import jakarta.inject.Inject;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** {@link InstalledPlugins} in the table {@code plugins}. */
public final class SqliteInstalledPlugins implements InstalledPlugins {
  private static final Logger LOG = LoggerFactory.getLogger(SqliteInstalledPlugins.class);

  private final Database database;
  private final Set<String> reported = ConcurrentHashMap.newKeySet();

  @Inject
  public SqliteInstalledPlugins(Database database) {
    this.database = database;
  }

  @Override
  public List<Installed> list() {
    return query("SELECT * FROM plugins ORDER BY id");
  }

  @Override
  public Optional<Installed> find(String id) {
    return query("SELECT * FROM plugins WHERE id = ?", id).stream().findFirst();
  }

  private List<Installed> query(String sql, String... parameters) {
    return PluginFailures.told(
        () ->
            database.read(
                connection -> {
                  try (PreparedStatement query = connection.prepareStatement(sql)) {
                    for (int i = 0; i < parameters.length; i++) {
                      query.setString(i + 1, parameters[i]);
                    }
                    try (ResultSet rows = query.executeQuery()) {
                      List<Installed> plugins = new ArrayList<>();
                      while (rows.next()) {
                        decode(rows).ifPresent(plugins::add);
                      }
                      return List.copyOf(plugins);
                    }
                  }
                }));
  }

  private Optional<Installed> decode(ResultSet row) throws SQLException {
    String id = row.getString("id");
    try {
      return Optional.of(
          new Installed(
              id,
              row.getBoolean("enabled"),
              version(row.getString("version"), row.getString("digest")),
              version(row.getString("previous_version"), row.getString("previous_digest")),
              Instant.parse(row.getString("installed_at"))));
    } catch (IllegalArgumentException | DateTimeException e) {
      if (reported.add(id)) {
        LOG.warn("the record of plugin {} cannot be read: {}", id, e.getMessage());
      }
      return Optional.empty();
    }
  }

  private static Optional<Version> version(String version, String digest) {
    return version == null ? Optional.empty() : Optional.of(new Version(version, digest));
  }

  @Override
  public void put(Installed plugin) {
    change(
        """
        INSERT OR REPLACE INTO plugins
          (id, enabled, version, digest, previous_version, previous_digest, installed_at)
        VALUES (?, ?, ?, ?, ?, ?, ?)
        """,
        statement -> {
          statement.setString(1, plugin.id());
          statement.setInt(2, plugin.enabled() ? 1 : 0);
          statement.setString(3, plugin.current().map(Version::version).orElse(null));
          statement.setString(4, plugin.current().map(Version::digest).orElse(null));
          statement.setString(5, plugin.previous().map(Version::version).orElse(null));
          statement.setString(6, plugin.previous().map(Version::digest).orElse(null));
          statement.setString(7, plugin.installedAt().toString());
        });
  }

  @Override
  public void delete(String id) {
    change("DELETE FROM plugins WHERE id = ?", statement -> statement.setString(1, id));
  }

  @FunctionalInterface
  private interface Binder {
    void bind(PreparedStatement statement) throws SQLException;
  }

  private void change(String sql, Binder binder) {
    PluginFailures.told(
        () ->
            database.write(
                connection -> {
                  try (PreparedStatement statement = connection.prepareStatement(sql)) {
                    binder.bind(statement);
                    return statement.executeUpdate();
                  }
                }));
  }
}
