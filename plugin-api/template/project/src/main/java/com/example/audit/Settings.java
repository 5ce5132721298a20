package com.example.audit;

import dev.banger.api.Summary;

/** What people may set in the table {@code [plugins.audit]} of the configuration file. */
record Settings(@Summary("how many starts of a VM are kept, 1 to 1000") int keep) {
  static final Settings DEFAULTS = new Settings(20);

  Settings {
    if (keep < 1 || keep > 1000) {
      throw new IllegalArgumentException("keep must be 1 to 1000, got " + keep);
    }
  }
}
