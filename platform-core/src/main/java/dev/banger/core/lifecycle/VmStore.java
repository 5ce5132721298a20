package dev.banger.core.lifecycle;

import dev.banger.core.model.VmId;
import dev.banger.core.model.VmRecord;
import java.util.List;
import java.util.Optional;

/** The durable records of VMs. Thread-safe. */
public interface VmStore {
  /**
   * Adds a VM in one transaction, giving it a free address and CID.
   *
   * @param draft its {@code address} and {@code cid} are ignored
   * @return the record as stored
   * @throws dev.banger.core.model.BangerException of kind CONFLICT when the name is in use
   */
  VmRecord insert(VmRecord draft);

  void update(VmRecord record);

  /** Removes the row and frees its name, address and CID. Succeeds when there is none. */
  void delete(VmId id);

  Optional<VmRecord> find(VmId id);

  Listing list();

  /**
   * All rows that could be read.
   *
   * @param broken ids and reasons of rows that could not be decoded; they do not hide the others
   */
  record Listing(List<VmRecord> vms, List<BrokenRow> broken) {
    public Listing {
      vms = List.copyOf(vms);
      broken = List.copyOf(broken);
    }
  }

  record BrokenRow(String id, String reason) {}
}
