/**
 * Turns declarations into a manifest: used by the build of a plugin, by the contract tests and by
 * the daemon. Plugins do not see it at run time.
 */
package dev.banger.api.build;
