package dev.banger.core.store;

import dev.banger.core.model.VmId;
import dev.banger.core.model.VmRecord;
import dev.banger.core.model.VmSpec;
import dev.banger.core.model.VmState;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Function;

/** Between a {@link VmRecord} and a row of the table {@code vms}. */
final class VmRows {
  private VmRows() {}

  /** A row that does not say what a VM is. */
  static final class BrokenRowException extends Exception {
    private static final long serialVersionUID = 1L;

    BrokenRowException(String column, RuntimeException cause) {
      super(column + ": " + cause.getMessage(), cause);
    }
  }

  static VmRecord decode(ResultSet row) throws SQLException, BrokenRowException {
    VmSpec spec =
        new VmSpec(
            row.getString("name"),
            row.getString("image"),
            integer(row, "cpus"),
            integer(row, "memory_mib"),
            row.getLong("disk_mib"),
            row.getLong("work_disk_mib"),
            row.getBoolean("nat"),
            row.getString("driver"),
            text(row, "labels", LabelsJson::read));
    String reason = row.getString("state_reason");
    return new VmRecord(
        text(row, "id", VmId::new),
        spec,
        text(row, "state", name -> VmState.of(name, reason)),
        text(row, "address", VmRows::address),
        integer(row, "cid"),
        text(row, "created_at", Instant::parse),
        row.getString("started_at") == null
            ? Optional.empty()
            : Optional.of(text(row, "started_at", Instant::parse)),
        row.getString("last_error"),
        row.getBoolean("provisional"));
  }

  /** Binds what may change in a row; the last parameter is the id. */
  static void bindMutable(PreparedStatement statement, VmRecord vm) throws SQLException {
    VmSpec spec = vm.spec();
    int at = 0;
    statement.setString(++at, spec.name());
    statement.setString(++at, spec.image());
    statement.setInt(++at, spec.cpus());
    statement.setInt(++at, spec.memoryMiB());
    statement.setLong(++at, spec.diskMiB());
    statement.setLong(++at, spec.workDiskMiB());
    statement.setInt(++at, spec.nat() ? 1 : 0);
    statement.setString(++at, spec.driver());
    statement.setString(++at, LabelsJson.write(spec.labels()));
    statement.setString(++at, vm.state().wireName());
    statement.setString(++at, vm.state().reason());
    statement.setString(++at, vm.startedAt().map(Instant::toString).orElse(null));
    statement.setString(++at, vm.lastError());
    statement.setInt(++at, vm.provisional() ? 1 : 0);
    statement.setString(++at, vm.id().value());
  }

  private static String address(String text) {
    if (!Addresses.isValid(text)) {
      throw new IllegalArgumentException("not an address of 127.77.0.0/16: " + text);
    }
    return text;
  }

  private static int integer(ResultSet row, String column) throws SQLException, BrokenRowException {
    long value = row.getLong(column);
    try {
      return Math.toIntExact(value);
    } catch (ArithmeticException e) {
      throw new BrokenRowException(column, new IllegalArgumentException("too large: " + value, e));
    }
  }

  private static <T> T text(ResultSet row, String column, Function<String, T> decoder)
      throws SQLException, BrokenRowException {
    try {
      return decoder.apply(row.getString(column));
    } catch (IllegalArgumentException | DateTimeException e) {
      throw new BrokenRowException(column, e);
    }
  }
}
