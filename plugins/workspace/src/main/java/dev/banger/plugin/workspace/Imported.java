package dev.banger.plugin.workspace;

import java.time.Instant;
import java.util.Optional;

/**
 * What was put into a VM: what an export compares with, and where it brings things back to.
 *
 * @param dest directory in the guest
 * @param source top of the working tree on the host, absolute
 * @param commit full id of the host's HEAD then, which the guest's history begins with
 * @param branch empty when HEAD was detached
 * @param tree full id of the tree of all files as the guest got them; empty when it is that of
 *     {@code commit}
 * @param mode a {@link Mode}, in lower case
 */
record Imported(
    String dest,
    String source,
    String commit,
    Optional<String> branch,
    Optional<String> tree,
    String mode,
    Instant at) {}
