/**
 * What VMs are and what plugins did for them, on disk: SQLite with one writer and a few readers,
 * numbered migrations, and the scratch file that remembers what was last seen of a running VM. The
 * only package that knows SQL.
 *
 * <p>Ports of the hook engine and of plugins fail with {@link dev.banger.api.CapabilityException},
 * those of the core with {@link dev.banger.core.model.BangerException}.
 */
package dev.banger.core.store;
