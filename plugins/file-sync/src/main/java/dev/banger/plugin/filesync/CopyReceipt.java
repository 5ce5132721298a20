package dev.banger.plugin.filesync;

/**
 * Says that files were copied. They are the guest's from then on, so there is nothing to take back.
 *
 * @param files how many there were, unchanged ones among them
 */
record CopyReceipt(int files) {}
