/** Brings files of the host's user into guests, at every start and on demand. */
package dev.banger.plugin.filesync;
