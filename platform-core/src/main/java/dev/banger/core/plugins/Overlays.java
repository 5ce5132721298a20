package dev.banger.core.plugins;

import dev.banger.core.model.BangerException;
import dev.banger.core.model.ErrorKind;
import java.nio.file.Path;

/** Lays the build output of plugins under development over what is installed. */
final class Overlays {
  private final Exchange exchange;
  private final PluginSettings settings;
  private final PluginLoader loader;

  Overlays(Exchange exchange, PluginSettings settings, PluginLoader loader) {
    this.exchange = exchange;
    this.settings = settings;
    this.loader = loader;
  }

  PluginChange dev(Path project) {
    return exchange.exclusively(
        () -> {
          try (Candidate candidate =
              Candidate.built(project, settings, loader, exchange.versions().active())) {
            String id = candidate.found().id();
            candidate.publish();
            Catalog.Overlay before =
                exchange
                    .set()
                    .overlays()
                    .put(id, new Catalog.Overlay(project, candidate.found().digest()));
            Runnable undo =
                () -> {
                  if (before == null) {
                    exchange.set().overlays().remove(id);
                  } else {
                    exchange.set().overlays().put(id, before);
                  }
                };
            exchange.renewOr(id, undo, "plugin " + id + " does not start: %s");
            return exchange.result(id, candidate.notes().toArray(String[]::new));
          }
        });
  }

  PluginChange undev(String id) {
    return exchange.exclusively(
        () -> {
          Catalog.Overlay overlay = exchange.set().overlays().remove(id);
          if (overlay == null) {
            throw new BangerException(
                ErrorKind.NOT_FOUND,
                "plugin %s is not under development here".formatted(id),
                "banger plugin list");
          }
          var _ = exchange.renew(id, false);
          return exchange.result(id, "no longer laid over from " + overlay.origin());
        });
  }
}
