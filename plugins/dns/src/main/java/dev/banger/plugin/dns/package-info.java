/** Names for VMs: an authoritative server for one zone, whose records come and go with VMs. */
package dev.banger.plugin.dns;
