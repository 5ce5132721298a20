/** Who makes the commits: the host's git identity in guests, and a repository's own in its copy. */
package dev.banger.plugin.identity;
