/** Lets the user, and nobody else, into guests by SSH: banger's own key, pinned host keys. */
package dev.banger.plugin.ssh;
