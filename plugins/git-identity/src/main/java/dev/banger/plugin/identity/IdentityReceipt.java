package dev.banger.plugin.identity;

/**
 * Where the identity went. It stays there: the file is on the VM's own disk and goes with it.
 *
 * @param file in the guest
 */
record IdentityReceipt(String file) {}
