package dev.banger.core.store;

import dev.banger.api.Phase;
import dev.banger.api.StepPolicy;
import dev.banger.api.build.JsonText;
import dev.banger.hooks.JournalRow;
import dev.banger.hooks.JsonTrees;
import dev.banger.hooks.StoredVm;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Optional;
import java.util.function.Function;

/** Between a {@link JournalRow} and a row of the table {@code hook_steps}. */
final class StepRows {
  static final String INSERT =
      """
      INSERT INTO hook_steps (vm_id, address, vm, plugin, version, digest, step, phase, policy, after,
                              state, receipt_version, receipt, operation, note, reason, attempts,
                              retry_at, started_at, took)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
      """;

  private StepRows() {}

  /** A row that does not say what a step is. */
  static final class BrokenStepException extends Exception {
    private static final long serialVersionUID = 1L;

    BrokenStepException(String column, RuntimeException cause) {
      super(column + ": " + cause.getMessage(), cause);
    }
  }

  /**
   * A row as read.
   *
   * @param problem why the receipt was left out; empty when it was not
   */
  record Decoded(JournalRow row, String problem) {}

  static Decoded decode(ResultSet row) throws SQLException, BrokenStepException {
    String json = row.getString("receipt");
    Optional<String> receipt = Optional.ofNullable(json);
    String problem = "";
    try {
      receipt.ifPresent(JsonTrees::object);
    } catch (IllegalArgumentException e) {
      receipt = Optional.empty();
      problem = "receipt: " + e.getMessage();
    }
    JournalRow decoded =
        new JournalRow(
            row.getLong("id"),
            vm(row),
            row.getString("plugin"),
            row.getString("version"),
            row.getString("digest"),
            row.getString("step"),
            text(row, "phase", name -> named(Phase.values(), Phase::wireName, name)),
            text(row, "policy", name -> named(StepPolicy.values(), StepPolicy::wireName, name)),
            text(row, "after", JsonTrees::strings),
            text(row, "state", StepRows::state),
            integer(row, "receipt_version"),
            receipt,
            row.getString("operation"),
            row.getString("note"),
            row.getString("reason"),
            integer(row, "attempts"),
            row.getString("retry_at") == null
                ? Optional.empty()
                : Optional.of(text(row, "retry_at", Instant::parse)),
            text(row, "started_at", Instant::parse),
            text(row, "took", Duration::parse));
    return new Decoded(decoded, problem);
  }

  private static StoredVm vm(ResultSet row) throws SQLException, BrokenStepException {
    StoredVm vm = text(row, "vm", json -> JsonTrees.read(StoredVm.class, json));
    String id = row.getString("vm_id");
    if (!vm.id().equals(id)) {
      throw new BrokenStepException(
          "vm", new IllegalArgumentException("it is of %s, not of %s".formatted(vm.id(), id)));
    }
    return vm;
  }

  static JournalRow.State state(String name) {
    return named(JournalRow.State.values(), JournalRow.State::wireName, name);
  }

  private static <E> E named(E[] all, Function<E, String> nameOf, String name) {
    return Arrays.stream(all)
        .filter(each -> nameOf.apply(each).equals(name))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("unknown: " + name));
  }

  private static int integer(ResultSet row, String column)
      throws SQLException, BrokenStepException {
    long value = row.getLong(column);
    if (value != (int) value) {
      throw new BrokenStepException(column, new IllegalArgumentException("too large: " + value));
    }
    return (int) value;
  }

  private static <T> T text(ResultSet row, String column, Function<String, T> decoder)
      throws SQLException, BrokenStepException {
    try {
      return decoder.apply(row.getString(column));
    } catch (IllegalArgumentException | DateTimeException e) {
      throw new BrokenStepException(column, e);
    }
  }

  static void bind(PreparedStatement insert, JournalRow row) throws SQLException {
    int at = 0;
    insert.setString(++at, row.vm().id());
    insert.setString(++at, row.vm().address());
    insert.setString(++at, JsonTrees.write(row.vm()));
    insert.setString(++at, row.plugin());
    insert.setString(++at, row.version());
    insert.setString(++at, row.digest());
    insert.setString(++at, row.step());
    insert.setString(++at, row.phase().wireName());
    insert.setString(++at, row.policy().wireName());
    insert.setString(++at, JsonText.compact(row.after()));
    insert.setString(++at, row.state().wireName());
    insert.setInt(++at, row.receiptVersion());
    insert.setString(++at, row.receiptJson().orElse(null));
    insert.setString(++at, row.operation());
    insert.setString(++at, row.note());
    insert.setString(++at, row.reason());
    insert.setInt(++at, row.attempts());
    insert.setString(++at, row.retryAt().map(Instant::toString).orElse(null));
    insert.setString(++at, row.startedAt().toString());
    insert.setString(++at, row.took().toString());
  }
}
