/**
 * The life of a VM: states, operations, locks, reconcile, rollback, and the ports through which the
 * outside is reached. Knows no database, no VMM, no file format.
 */
package dev.banger.core.lifecycle;
