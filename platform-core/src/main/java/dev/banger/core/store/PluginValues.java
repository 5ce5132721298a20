package dev.banger.core.store;

import dev.banger.api.CapabilityException;
import dev.banger.api.FailureKind;
import dev.banger.api.PluginStore;
import dev.banger.api.VmView;
import dev.banger.api.build.PlainRecords;
import dev.banger.core.model.VmId;
import dev.banger.hooks.JsonTrees;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * One plugin's part of the table {@code plugin_values}.
 *
 * <p>The plugin's own code (accessors, constructors) runs outside of transactions only.
 *
 * @param vmId empty for what belongs to no VM
 */
record PluginValues(Database database, String plugin, String vmId) implements PluginStore {
  static final int MAX_VALUES = 10_000;
  static final int MAX_VALUE_BYTES = 64 << 10;
  static final long MAX_BYTES = 16L << 20;
  private static final int MAX_KEY = 200;
  private static final Pattern PRINTABLE = Pattern.compile("[!-~]*");

  @Override
  public <T extends Record> Optional<T> get(String key, Class<T> type) {
    checkKey(key);
    Optional<String> json =
        read(
            connection -> {
              try (PreparedStatement query =
                  prepare(
                      connection,
                      "SELECT value FROM plugin_values WHERE plugin = ? AND vm_id = ? AND key = ?",
                      key)) {
                try (ResultSet rows = query.executeQuery()) {
                  return rows.next() ? Optional.of(rows.getString(1)) : Optional.empty();
                }
              }
            });
    return json.map(text -> decode(key, type, text));
  }

  private static <T extends Record> T decode(String key, Class<T> type, String json) {
    try {
      return JsonTrees.read(type, json);
    } catch (IllegalArgumentException e) {
      throw new CapabilityException(
          FailureKind.INVALID,
          "what is stored as \"%s\" is no %s: %s"
              .formatted(key, type.getSimpleName(), e.getMessage()),
          "",
          e);
    }
  }

  @Override
  public void put(String key, Record value) {
    checkKey(key);
    String json = encode(key, value);
    int bytes = json.getBytes(StandardCharsets.UTF_8).length;
    if (bytes > MAX_VALUE_BYTES) {
      throw invalid(
          "the value for \"%s\" has %,d bytes; at most %,d are stored"
              .formatted(key, bytes, MAX_VALUE_BYTES));
    }
    write(
        connection -> {
          delete(connection, key);
          insistOnRoom(connection, bytes);
          try (PreparedStatement insert =
              prepare(
                  connection,
                  "INSERT INTO plugin_values (plugin, vm_id, key, bytes, value)"
                      + " VALUES (?, ?, ?, ?, ?)",
                  key)) {
            insert.setInt(4, bytes);
            insert.setString(5, json);
            insert.executeUpdate();
          }
          return null;
        });
  }

  private static String encode(String key, Record value) {
    if (value == null) {
      throw invalid("there is no value for \"" + key + "\"");
    }
    try {
      PlainRecords.check(value.getClass());
      return JsonTrees.write(value);
    } catch (IllegalArgumentException | NullPointerException | ClassCastException e) {
      throw invalid("the value for \"%s\" cannot be stored: %s".formatted(key, e.getMessage()));
    }
  }

  private void insistOnRoom(Connection connection, int more) throws SQLException {
    try (PreparedStatement query =
        connection.prepareStatement(
            "SELECT count(*), coalesce(sum(bytes), 0) FROM plugin_values WHERE plugin = ?")) {
      query.setString(1, plugin);
      try (ResultSet rows = query.executeQuery()) {
        rows.next();
        if (rows.getInt(1) >= MAX_VALUES) {
          throw full("%,d values".formatted(MAX_VALUES));
        }
        if (rows.getLong(2) + more > MAX_BYTES) {
          throw full("%d MiB".formatted(MAX_BYTES >> 20));
        }
      }
    }
  }

  private CapabilityException full(String limit) {
    return new CapabilityException(
        FailureKind.CONFLICT,
        "plugin %s has used up its room of %s in the store".formatted(plugin, limit),
        "banger plugin remove %s --purge drops it all".formatted(plugin));
  }

  @Override
  public void delete(String key) {
    checkKey(key);
    write(
        connection -> {
          delete(connection, key);
          return null;
        });
  }

  private void delete(Connection connection, String key) throws SQLException {
    try (PreparedStatement delete =
        prepare(
            connection,
            "DELETE FROM plugin_values WHERE plugin = ? AND vm_id = ? AND key = ?",
            key)) {
      delete.executeUpdate();
    }
  }

  @Override
  public List<String> keys(String prefix) {
    if (prefix == null || prefix.length() > MAX_KEY || !PRINTABLE.matcher(prefix).matches()) {
      throw badKey("the beginning of a key is", prefix);
    }
    return read(
        connection -> {
          try (PreparedStatement query =
              prepare(
                  connection,
                  """
                  SELECT key FROM plugin_values
                  WHERE plugin = ? AND vm_id = ? AND key >= ? AND key < ? ORDER BY key
                  """,
                  prefix)) {
            // Sorts behind everything printable.
            query.setString(4, prefix + '\u007f');
            try (ResultSet rows = query.executeQuery()) {
              List<String> keys = new ArrayList<>();
              while (rows.next()) {
                keys.add(rows.getString(1));
              }
              return List.copyOf(keys);
            }
          }
        });
  }

  @Override
  public PluginStore of(VmView vm) {
    String id = vm.id();
    if (id == null || !VmId.isValid(id)) {
      throw invalid("not a VM id: " + id);
    }
    return new PluginValues(database, plugin, id);
  }

  /** A statement whose first parameters are the plugin, the VM and {@code third}. */
  private PreparedStatement prepare(Connection connection, String sql, String third)
      throws SQLException {
    PreparedStatement statement = connection.prepareStatement(sql);
    statement.setString(1, plugin);
    statement.setString(2, vmId);
    statement.setString(3, third);
    return statement;
  }

  private static void checkKey(String key) {
    if (key == null
        || key.isEmpty()
        || key.length() > MAX_KEY
        || !PRINTABLE.matcher(key).matches()) {
      throw badKey("a key is", key);
    }
  }

  private static CapabilityException badKey(String what, String key) {
    String shown = key == null || key.length() <= MAX_KEY ? key : key.substring(0, MAX_KEY) + "...";
    return invalid(
        "%s at most %d printable ASCII characters without spaces, not \"%s\""
            .formatted(what, MAX_KEY, shown));
  }

  private static CapabilityException invalid(String message) {
    return new CapabilityException(FailureKind.INVALID, message);
  }

  private <T> T write(Database.Work<T> work) {
    return PluginFailures.told(() -> database.write(work));
  }

  private <T> T read(Database.Work<T> work) {
    return PluginFailures.told(() -> database.read(work));
  }
}
