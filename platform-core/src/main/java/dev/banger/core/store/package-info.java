/**
 * What VMs are, on disk: SQLite with one writer and a few readers, numbered migrations, and the
 * scratch file that remembers what was last seen of a running VM. The only package that knows SQL.
 */
package dev.banger.core.store;
