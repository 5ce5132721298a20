package dev.banger.plugin.filesync;

import dev.banger.api.Summary;
import java.util.Optional;

/**
 * One {@code [[file_sync]]}, as it is written; {@link EntryRules} judges it. Nothing is required
 * here, so that all that is wrong with all entries is told at once.
 *
 * @param mode octal digits such as {@code 0600}, for a file
 */
record Entry(
    @Summary("a file or directory of the host: absolute, or under ~/") Optional<String> host,
    @Summary("where it goes in guests: under ~/ or /root/") Optional<String> guest,
    @Summary("permission bits of a file, in octal digits; 0600 when not said")
        Optional<String> mode) {
  static Entry of(String host, String guest) {
    return new Entry(Optional.of(host), Optional.of(guest), Optional.empty());
  }

  Entry withMode(String bits) {
    return new Entry(host, guest, Optional.of(bits));
  }
}
