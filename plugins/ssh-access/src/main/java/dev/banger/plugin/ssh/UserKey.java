package dev.banger.plugin.ssh;

import java.nio.file.Path;

/**
 * The key that guests let in.
 *
 * @param identityFile for ssh: the private key; or the public half, when the private one is in an
 *     agent
 * @param publicLine for guests, without a line feed
 */
record UserKey(Path identityFile, String publicLine) {}
