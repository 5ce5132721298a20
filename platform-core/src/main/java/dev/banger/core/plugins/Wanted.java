package dev.banger.core.plugins;

import dev.banger.core.model.BangerException;
import dev.banger.core.model.ErrorKind;
import dev.banger.hooks.InstalledPlugins.Installed;
import java.time.Instant;
import java.util.Optional;

/** Whether a plugin is wanted. */
final class Wanted {
  private final Exchange exchange;

  Wanted(Exchange exchange) {
    this.exchange = exchange;
  }

  PluginChange enable(String id) {
    return exchange.exclusively(
        () -> {
          exchange.require(id);
          decide(id, true);
          var _ = exchange.renew(id, true);
          return exchange.result(id);
        });
  }

  PluginChange disable(String id) {
    return exchange.exclusively(
        () -> {
          exchange.require(id);
          decide(id, false);
          var _ = exchange.renew(id, false);
          return exchange.result(id);
        });
  }

  private void decide(String id, boolean enabled) {
    Optional<Installed> before = exchange.decided(id);
    if (before.isEmpty() || before.get().current().isEmpty()) {
      if (enabled) {
        exchange.installed().delete(id);
      } else {
        exchange
            .installed()
            .put(new Installed(id, false, Optional.empty(), Optional.empty(), Instant.now()));
      }
      return;
    }
    Installed old = before.get();
    exchange
        .installed()
        .put(new Installed(id, enabled, old.current(), old.previous(), old.installedAt()));
  }

  PluginChange reload(String id) {
    return exchange.exclusively(
        () -> {
          exchange.require(id);
          String failure = exchange.renew(id, true).get(id);
          if (failure != null && exchange.versions().active(id).isPresent()) {
            throw new BangerException(
                ErrorKind.INVALID,
                "plugin %s does not start: %s; %s is active as before"
                    .formatted(id, failure, exchange.versions().active(id).get().version()),
                "banger plugin info " + id);
          }
          return exchange.result(id);
        });
  }
}
