/** How VMs are on the host's network: a bridge and TAP devices where the daemon may have them. */
package dev.banger.core.net;
