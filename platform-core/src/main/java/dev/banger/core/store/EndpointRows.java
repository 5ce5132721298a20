package dev.banger.core.store;

import dev.banger.hooks.Journal.Endpoint;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

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
          endpoints.add(decode(rows));
        }
        return List.copyOf(endpoints);
      }
    }
  }

  /** Of all VMs that have any, by id. */
  static Map<String, List<Endpoint>> all(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet rows =
            statement.executeQuery("SELECT * FROM hook_endpoints ORDER BY vm_id, position")) {
      Map<String, List<Endpoint>> all = new HashMap<>();
      while (rows.next()) {
        all.computeIfAbsent(rows.getString("vm_id"), _ -> new ArrayList<>()).add(decode(rows));
      }
      return all;
    }
  }

  private static Endpoint decode(ResultSet row) throws SQLException {
    return new Endpoint(row.getString("plugin"), row.getString("name"), row.getString("uri"));
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
