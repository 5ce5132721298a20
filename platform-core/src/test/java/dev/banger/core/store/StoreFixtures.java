package dev.banger.core.store;

import dev.banger.core.model.VmId;
import dev.banger.core.model.VmRecord;
import dev.banger.core.model.VmSpec;
import dev.banger.core.model.VmState;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/** What the tests of this package start from. */
final class StoreFixtures {
  private StoreFixtures() {}

  static VmRecord draft(String name) {
    VmSpec spec =
        new VmSpec(name, "debian", 2, 1024, 8192, 4096, true, "auto", Map.of("team", "core"));
    return new VmRecord(
        VmId.random(),
        spec,
        new VmState.Stopped(),
        "",
        0,
        Instant.parse("2026-01-02T03:04:05.678901Z"),
        Optional.empty(),
        "",
        true);
  }

  /** What another program would do to the file. */
  static void tamper(Path file, String... statements) throws SQLException {
    try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file);
        Statement statement = connection.createStatement()) {
      for (String sql : statements) {
        statement.execute(sql);
      }
    }
  }
}
