/** plugin/workspace. */
package dev.banger.plugin.workspace;
