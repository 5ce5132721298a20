package dev.banger.core.plugins;

import dev.banger.core.model.BangerException;
import dev.banger.core.model.ErrorKind;
import dev.banger.core.plugins.FoundPlugin.Source;
import dev.banger.hooks.InstalledPlugins.Installed;
import dev.banger.hooks.Journal;
import dev.banger.hooks.JournalRow;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** Takes plugins away, and what nobody can take back any more out of the books. */
final class Removal {
  private final Exchange exchange;
  private final PluginSettings settings;
  private final PluginPorts ports;
  private final Journal journal;

  Removal(Exchange exchange, PluginSettings settings, PluginPorts ports, Journal journal) {
    this.exchange = exchange;
    this.settings = settings;
    this.ports = ports;
    this.journal = journal;
  }

  PluginChange remove(String id, boolean purge) {
    return exchange.exclusively(
        () -> {
          Optional<Installed> before = exchange.decided(id);
          List<JournalRow> rows = exchange.rows().of(id);
          if (before.flatMap(Installed::current).isEmpty()) {
            if (purge && exchange.set().known(id).isEmpty() && !rows.isEmpty() && !isLoaded(id)) {
              return forgotten(id, rows);
            }
            throw notInstalled(exchange.require(id));
          }
          List<String> vms = OpenRows.vms(rows.stream().filter(this::isOfAVm).toList());
          if (purge && !vms.isEmpty()) {
            throw new BangerException(
                ErrorKind.CONFLICT,
                "plugin %s still holds something for vm %s".formatted(id, String.join(", ", vms)),
                "banger vm stop " + String.join(" ", vms));
          }
          String version = before.get().current().get().version();
          if (before.get().enabled()) {
            exchange.installed().delete(id);
          } else {
            exchange
                .installed()
                .put(new Installed(id, false, Optional.empty(), Optional.empty(), Instant.now()));
          }
          String forgotten = purge ? forget(rows) : "";
          var _ = exchange.renew(id, false);
          if (purge) {
            purge(id);
          }
          if (exchange.set().known(id).isPresent()) {
            return exchange.result(id, "removed " + version, forgotten);
          }
          return new PluginChange(
              id, version, PluginState.REMOVED, exchange.result(id, forgotten).note());
        });
  }

  private static BangerException notInstalled(FoundPlugin found) {
    return found.source() == Source.DEV
        ? new BangerException(
            ErrorKind.ILLEGAL_STATE,
            "plugin %s is not installed, it is laid over from %s"
                .formatted(found.id(), found.origin()),
            "end the banger plugin dev that runs there, or: banger daemon restart")
        : new BangerException(
            ErrorKind.ILLEGAL_STATE,
            "plugin %s is not installed, it comes with banger or lies in %s"
                .formatted(found.id(), found.origin()),
            "banger plugin disable " + found.id());
  }

  private boolean isLoaded(String id) {
    try (LoadedVersions.Hold hold = exchange.versions().hold()) {
      return hold.keeperOf(id, "").isPresent();
    }
  }

  /** Whether what is held is held for a VM that still exists. */
  boolean isOfAVm(JournalRow row) {
    return ports.vms().stream().anyMatch(vm -> vm.id().value().equals(row.vm().id()));
  }

  /** Nobody is there who could take anything back: what the journal and the store have goes. */
  private PluginChange forgotten(String id, List<JournalRow> rows) {
    String note = forget(rows);
    purge(id);
    return new PluginChange(id, rows.getLast().version(), PluginState.REMOVED, note);
  }

  private String forget(List<JournalRow> rows) {
    rows.forEach(row -> journal.close(row.id(), Optional.empty()));
    return rows.isEmpty()
        ? ""
        : "forgotten, and perhaps still there: "
            + String.join(
                "; ",
                rows.stream()
                    .map(row -> "%s of vm %s".formatted(row.title(), row.vm().name()))
                    .toList());
  }

  private void purge(String id) {
    ports.purge(id);
    Trees.tryDelete(settings.dataRoot().resolve(id));
  }
}
