package dev.banger.core.store;

import dev.banger.hooks.Journal.Endpoint;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/** The table {@code hook_endpoints}. */
final class EndpointRows {
  private EndpointRows() {}

  static List<Endpoint> of(Connection connection, String vmId) throws SQLException {
    try (PreparedStatement query =
        connection.prepareStatement(
            "SELECT * FROM hook_endpoints WHERE vm_id = ? ORDER BY position")) {
      query.setString(1, vmId);
      try (ResultSet rows = query.executeQuery()) {
        List<Endpoint> endpoints = new ArrayList<>();
        while (rows.next()) {
          endpoints.add(
              new Endpoint(
                  rows.getString("plugin"), rows.getString("name"), rows.getString("uri")));
        }
        return List.copyOf(endpoints);
      }
    }
  }

  /** Touches nothing when nothing changes, which then costs no commit. */
  static void replace(Connection connection, String vmId, List<Endpoint> endpoints)
      throws SQLException {
    if (of(connection, vmId).equals(endpoints)) {
      return;
    }
    try (PreparedStatement delete =
        connection.prepareStatement("DELETE FROM hook_endpoints WHERE vm_id = ?")) {
      delete.setString(1, vmId);
      delete.executeUpdate();
    }
    try (PreparedStatement insert =
        connection.prepareStatement("INSERT INTO hook_endpoints VALUES (?, ?, ?, ?, ?)")) {
      for (int i = 0; i < endpoints.size(); i++) {
        insert.setString(1, vmId);
        insert.setInt(2, i);
        insert.setString(3, endpoints.get(i).plugin());
        insert.setString(4, endpoints.get(i).name());
        insert.setString(5, endpoints.get(i).uri());
        insert.executeUpdate();
      }
    }
  }
}
