package dev.banger.plugin.ssh;

import dev.banger.api.Summary;

/**
 * {@code [plugins.ssh-access]}.
 *
 * @param key absolute, or from {@code ~/} on; empty for a pair that is made once. Text, because
 *     whether the files are any good is looked at when they are used, and told then
 */
record SshSettings(
    @Summary(
            "a key of yours that guests accept, or its .pub when an agent has it; empty: a pair of banger's own")
        String key) {
  static final SshSettings DEFAULTS = new SshSettings("");
}
