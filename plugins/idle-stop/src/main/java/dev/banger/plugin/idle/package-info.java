/** Stops VMs that nobody uses. */
package dev.banger.plugin.idle;
