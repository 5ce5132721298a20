package dev.banger.plugin.dns;

/**
 * Which link systemd-resolved was told about.
 *
 * @param link the bridge of the VM
 */
record RouteReceipt(String link) {}
