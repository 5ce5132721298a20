package dev.banger.plugin.ports;

/**
 * @param address where the VM's ports are forwarded to
 */
record ForwardReceipt(String address) {}
