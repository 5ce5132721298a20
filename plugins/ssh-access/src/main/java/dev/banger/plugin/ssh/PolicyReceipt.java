package dev.banger.plugin.ssh;

/**
 * That a guest's sshd was looked at; nothing is made, so there is nothing to take back.
 *
 * @param verdict for people
 */
record PolicyReceipt(String verdict) {}
