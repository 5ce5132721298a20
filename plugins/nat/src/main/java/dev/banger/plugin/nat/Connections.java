package dev.banger.plugin.nat;

import dev.banger.api.CapabilityException;
import java.util.List;

/** Connections of guests that the kernel keeps track of. */
record Connections(Tool tool) {
  static final String NAME = "conntrack";

  /**
   * Forgets those of an address, so that whoever has it next does not come into them. Best effort:
   * without the tool the kernel forgets them in its own time, and the rules let nothing of them
   * pass to a guest that may not have it.
   */
  void forget(String address) throws InterruptedException {
    if (tool.host().find(NAME).isEmpty()) {
      return;
    }
    for (String side : List.of("-s", "-d")) {
      try {
        // Exit code 1 is for none found.
        var _ = tool.run(List.of(NAME, "-D", side, address));
      } catch (CapabilityException e) {
        return;
      }
    }
  }
}
