package dev.banger.core.store;

import dev.banger.api.PluginStore;
import jakarta.inject.Inject;
import java.sql.PreparedStatement;

/** What plugins keep, in the table {@code plugin_values}. Thread-safe. */
public final class SqlitePluginStore {
  private final Database database;

  @Inject
  public SqlitePluginStore(Database database) {
    this.database = database;
  }

  /** The store of one plugin. Cheap; holds nothing. */
  public PluginStore of(String pluginId) {
    return new PluginValues(database, pluginId, "");
  }

  /** Removes what all plugins kept for a VM. */
  public void dropVm(String vmId) {
    if (vmId.isEmpty()) {
      throw new IllegalArgumentException("a VM's id is missing");
    }
    change("DELETE FROM plugin_values WHERE vm_id = ?", vmId);
  }

  /** Removes all that one plugin kept. */
  public void purge(String pluginId) {
    change("DELETE FROM plugin_values WHERE plugin = ?", pluginId);
  }

  /**
   * Removes what was kept for VMs that are deleted and of which no step is open: what is left when
   * the daemon ended between a deletion and {@link #dropVm}.
   *
   * @return how many values
   */
  public int dropOrphans() {
    return change(
        """
        DELETE FROM plugin_values
        WHERE vm_id <> ''
          AND vm_id NOT IN (SELECT id FROM vms)
          AND vm_id NOT IN (SELECT vm_id FROM hook_steps)
        """);
  }

  private int change(String sql, String... parameters) {
    return PluginFailures.told(
        () ->
            database.write(
                connection -> {
                  try (PreparedStatement statement = connection.prepareStatement(sql)) {
                    for (int i = 0; i < parameters.length; i++) {
                      statement.setString(i + 1, parameters[i]);
                    }
                    return statement.executeUpdate();
                  }
                }));
  }
}
