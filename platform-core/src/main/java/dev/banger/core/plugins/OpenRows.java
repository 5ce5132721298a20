package dev.banger.core.plugins;

import dev.banger.api.CapabilityException;
import dev.banger.hooks.Journal;
import dev.banger.hooks.JournalRow;
import java.util.List;
import java.util.Optional;

/** What plugins hold for VMs, as of one look into the journal. */
record OpenRows(List<JournalRow> rows) {
  OpenRows {
    rows = rows.stream().filter(row -> row.state().holds()).toList();
  }

  static final OpenRows NONE = new OpenRows(List.of());

  /** Empty when the journal cannot be read: then nothing is known, and nothing may be given up. */
  static Optional<OpenRows> of(Journal journal) {
    try {
      return Optional.of(new OpenRows(journal.open()));
    } catch (CapabilityException e) {
      System.getLogger("banger.plugins")
          .log(System.Logger.Level.WARNING, "the journal of steps cannot be read", e);
      return Optional.empty();
    }
  }

  List<JournalRow> of(String pluginId) {
    return rows.stream().filter(row -> row.plugin().equals(pluginId)).toList();
  }

  boolean has(HostedPlugin plugin) {
    return !of(plugin).isEmpty();
  }

  List<JournalRow> of(HostedPlugin plugin) {
    return of(plugin.id()).stream().filter(row -> row.digest().equals(plugin.digest())).toList();
  }

  /** Names of VMs, sorted. */
  static List<String> vms(List<JournalRow> rows) {
    return rows.stream().map(row -> row.vm().name()).distinct().sorted().toList();
  }
}
