/** What listens in guests, and the way to it from the host. */
package dev.banger.plugin.ports;
