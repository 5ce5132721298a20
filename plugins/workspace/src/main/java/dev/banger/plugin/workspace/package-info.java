/** Puts a repository of the host into a guest. */
package dev.banger.plugin.workspace;
