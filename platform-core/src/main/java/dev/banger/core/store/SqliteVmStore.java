package dev.banger.core.store;

import dev.banger.core.lifecycle.VmStore;
import dev.banger.core.model.BangerException;
import dev.banger.core.model.ErrorKind;
import dev.banger.core.model.VmId;
import dev.banger.core.model.VmRecord;
import jakarta.inject.Inject;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.random.RandomGenerator;

/** {@link VmStore} in the table {@code vms}. */
public final class SqliteVmStore implements VmStore {
  /** Context ids 0 to 2 belong to the hypervisor, the loopback and the host. */
  private static final Pool CIDS = new Pool(3, Integer.MAX_VALUE);

  private static final String INSERT =
      """
      INSERT INTO vms (name, image, cpus, memory_mib, disk_mib, work_disk_mib, nat, driver, labels,
                       state, state_reason, started_at, last_error, provisional, id, created_at, address,
                       cid)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
      """;
  private static final String UPDATE =
      """
      UPDATE vms SET name = ?, image = ?, cpus = ?, memory_mib = ?, disk_mib = ?, work_disk_mib = ?,
                     nat = ?, driver = ?, labels = ?, state = ?, state_reason = ?, started_at = ?,
                     last_error = ?, provisional = ?
      WHERE id = ?
      """;

  private final Database database;
  private final RandomGenerator random;
  private volatile Kept kept;

  private record Kept(long version, Listing listing) {}

  @Inject
  public SqliteVmStore(Database database) {
    this(database, new SecureRandom());
  }

  /**
   * @param random where the two rotations begin in a new database. Several users of one host each
   *     have their own, and would otherwise all want the same addresses and context ids first
   */
  SqliteVmStore(Database database, RandomGenerator random) {
    this.database = database;
    this.random = random;
  }

  @Override
  public VmRecord insert(VmRecord draft) {
    return database.write(
        connection -> {
          refuseTakenName(connection, draft);
          VmRecord vm =
              new VmRecord(
                  draft.id(),
                  draft.spec(),
                  draft.state(),
                  freeAddress(connection),
                  freeCid(connection),
                  draft.createdAt(),
                  draft.startedAt(),
                  draft.lastError(),
                  draft.provisional());
          try (PreparedStatement insert = connection.prepareStatement(INSERT)) {
            VmRows.bindMutable(insert, vm);
            insert.setString(16, vm.createdAt().toString());
            insert.setString(17, vm.address());
            insert.setInt(18, vm.cid());
            insert.executeUpdate();
          }
          return vm;
        });
  }

  /** Everything but id, address, CID and time of creation, which a VM keeps for life. */
  @Override
  public void update(VmRecord vm) {
    boolean found =
        database.write(
            connection -> {
              refuseTakenName(connection, vm);
              try (PreparedStatement update = connection.prepareStatement(UPDATE)) {
                VmRows.bindMutable(update, vm);
                return update.executeUpdate() == 1;
              }
            });
    if (!found) {
      throw new BangerException(
          ErrorKind.NOT_FOUND, "VM %s (%s) is not there any more".formatted(vm.name(), vm.id()));
    }
  }

  /**
   * What plugins show of the VM goes with it. What they did for it does not: steps that are still
   * open stay in the journal, and keep the address taken.
   */
  @Override
  public void delete(VmId id) {
    database.write(
        connection -> {
          delete(connection, "DELETE FROM vms WHERE id = ?", id);
          delete(connection, "DELETE FROM hook_endpoints WHERE vm_id = ?", id);
          return null;
        });
  }

  private static void delete(Connection connection, String sql, VmId id) throws SQLException {
    try (PreparedStatement delete = connection.prepareStatement(sql)) {
      delete.setString(1, id.value());
      delete.executeUpdate();
    }
  }

  @Override
  public Optional<VmRecord> find(VmId id) {
    return database.read(
        connection -> {
          try (PreparedStatement query =
              connection.prepareStatement("SELECT * FROM vms WHERE id = ?")) {
            query.setString(1, id.value());
            try (ResultSet rows = query.executeQuery()) {
              return rows.next() ? Optional.of(VmRows.decode(rows)) : Optional.empty();
            } catch (VmRows.BrokenRowException e) {
              throw new BangerException(
                  ErrorKind.HOST,
                  "the record of VM %s cannot be read: %s".formatted(id, e.getMessage()),
                  "banger vm list shows the others",
                  List.of(),
                  e);
            }
          }
        });
  }

  /** Oldest first. Nearly every request asks for it, so it is kept until something is written. */
  @Override
  public Listing list() {
    Kept now = kept;
    // Taken before the rows are read: what is written meanwhile makes them stale.
    long version = database.version();
    if (now == null || now.version() != version) {
      now = new Kept(version, read());
      kept = now;
    }
    return now.listing();
  }

  private Listing read() {
    return database.read(
        connection -> {
          List<VmRecord> vms = new ArrayList<>();
          List<BrokenRow> broken = new ArrayList<>();
          try (Statement statement = connection.createStatement();
              ResultSet rows =
                  statement.executeQuery("SELECT * FROM vms ORDER BY created_at, rowid")) {
            while (rows.next()) {
              try {
                vms.add(VmRows.decode(rows));
              } catch (VmRows.BrokenRowException e) {
                broken.add(new BrokenRow(rows.getString("id"), e.getMessage()));
              }
            }
          }
          return new Listing(vms, broken);
        });
  }

  private static void refuseTakenName(Connection connection, VmRecord vm) throws SQLException {
    try (PreparedStatement query =
        connection.prepareStatement("SELECT id, state FROM vms WHERE name = ? AND id <> ?")) {
      query.setString(1, vm.name());
      query.setString(2, vm.id().value());
      try (ResultSet rows = query.executeQuery()) {
        if (rows.next()) {
          throw new BangerException(
              ErrorKind.CONFLICT,
              "there is a VM named %s already (%s, %s)"
                  .formatted(vm.name(), rows.getString("id"), rows.getString("state")),
              "choose another name, or: banger vm delete " + vm.name());
        }
      }
    }
  }

  private String freeAddress(Connection connection) throws SQLException {
    Set<String> taken = new HashSet<>();
    try (Statement statement = connection.createStatement();
        // What a plugin could not take back of a deleted VM must not meet the next one.
        ResultSet rows =
            statement.executeQuery(
                """
                SELECT address FROM vms
                UNION ALL
                SELECT address FROM hook_steps WHERE state NOT IN ('skipped', 'failed')
                """)) {
      while (rows.next()) {
        taken.add(rows.getString(1));
      }
    }
    long number =
        Addresses.POOL
            .next(
                cursor(connection, "address", Addresses.POOL),
                each -> !taken.contains(Addresses.of(each)))
            .orElseThrow(() -> exhausted("addresses", Addresses.POOL));
    Cursors.set(connection, "address", number);
    return Addresses.of(number);
  }

  private int freeCid(Connection connection) throws SQLException {
    Set<Long> taken = new HashSet<>();
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery("SELECT cid FROM vms")) {
      while (rows.next()) {
        taken.add(rows.getLong(1));
      }
    }
    long cid =
        CIDS.next(cursor(connection, "cid", CIDS), each -> !taken.contains(each))
            .orElseThrow(() -> exhausted("context ids", CIDS));
    Cursors.set(connection, "cid", cid);
    return Math.toIntExact(cid);
  }

  private long cursor(Connection connection, String name, Pool pool) throws SQLException {
    return Cursors.get(connection, name)
        .orElseGet(() -> random.nextLong(pool.first(), pool.last() + 1));
  }

  private static BangerException exhausted(String what, Pool pool) {
    return new BangerException(
        ErrorKind.UNAVAILABLE,
        "all %d %s are in use".formatted(pool.last() - pool.first() + 1, what),
        "delete VMs that are not needed: banger vm list --all");
  }
}
