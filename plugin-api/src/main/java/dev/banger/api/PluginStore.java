package dev.banger.api;

import java.util.List;
import java.util.Optional;

/**
 * Small durable values of one plugin, kept across restarts, upgrades and while the plugin is
 * disabled, until {@code plugin remove --purge}. Values are plain records (see the package), at
 * most 64 KiB each, 10,000 and 16 MiB in all. Free: needs no permission.
 *
 * <p>Thread-safe; a write is durable when it returns. Two writers of one key: the last one wins;
 * use {@link Locking#withLock} around read-change-write.
 *
 * <p>Keys are 1 to 200 printable ASCII characters without spaces. What belongs to a VM goes under
 * {@link #of}, and is dropped when the VM is deleted.
 *
 * <p>Errors: {@link CapabilityException} of kind {@code INVALID} for a bad key or a value too
 * large, {@code CONFLICT} when the plugin has used up its room, {@code HOST} when the disk is full.
 */
public interface PluginStore {
  /**
   * @throws CapabilityException of kind {@code INVALID} when what is stored does not fit the type
   */
  <T extends Record> Optional<T> get(String key, Class<T> type);

  void put(String key, Record value);

  /** Succeeds when there is nothing. */
  void delete(String key);

  /** Keys that begin with {@code prefix}, sorted; those of VMs are not among them. */
  List<String> keys(String prefix);

  /** The part of the store that is dropped with this VM. */
  PluginStore of(VmView vm);
}
