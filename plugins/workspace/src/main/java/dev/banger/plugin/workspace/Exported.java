package dev.banger.plugin.workspace;

/**
 * The branch that the last export of a VM wrote.
 *
 * @param repository top of the working tree on the host
 * @param tip full id of the commit it was given
 */
record Exported(String repository, String branch, String tip) {}
