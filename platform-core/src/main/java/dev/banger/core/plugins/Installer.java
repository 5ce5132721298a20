package dev.banger.core.plugins;

import dev.banger.core.model.BangerException;
import dev.banger.core.model.ErrorKind;
import dev.banger.hooks.InstalledPlugins;
import dev.banger.hooks.InstalledPlugins.Installed;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Takes versions of plugins in, and goes back to earlier ones. */
final class Installer {
  private final Exchange exchange;
  private final PluginSettings settings;
  private final PluginLoader loader;

  Installer(Exchange exchange, PluginSettings settings, PluginLoader loader) {
    this.exchange = exchange;
    this.settings = settings;
    this.loader = loader;
  }

  PluginChange rollback(String id) {
    return exchange.exclusively(
        () -> {
          Optional<Installed> before = exchange.decided(id);
          if (before.flatMap(Installed::previous).isEmpty()) {
            exchange.require(id);
            throw new BangerException(
                ErrorKind.ILLEGAL_STATE,
                "there is no earlier version of plugin %s to go back to".formatted(id),
                "banger plugin info " + id);
          }
          Installed old = before.get();
          Runnable undo = exchange.undo(id);
          exchange
              .installed()
              .put(
                  new Installed(
                      id,
                      old.enabled(),
                      /* current= */ old.previous(),
                      /* previous= */ old.current(),
                      Instant.now()));
          exchange.renewOr(
              id,
              undo,
              "plugin %s %s does not start: %%s".formatted(id, old.previous().get().version()));
          return exchange.result(id);
        });
  }

  Installation install(Path zip, Optional<String> digest, boolean dryRun) {
    return exchange.exclusively(
        () -> {
          try (Candidate candidate =
              Candidate.stage(zip, digest, settings, loader, exchange.versions().active())) {
            PluginManifest manifest = candidate.found().manifest().orElseThrow();
            String id = manifest.id();
            Optional<String> previous =
                exchange.set().known(id).map(FoundPlugin::version).filter(text -> !text.isEmpty());
            Optional<Installed> before = exchange.decided(id);
            if (!dryRun) {
              candidate.publish();
              Runnable undo = exchange.undo(id);
              InstalledPlugins.Version version = candidate.found().asVersion();
              exchange
                  .installed()
                  .put(
                      new Installed(
                          id,
                          before.map(Installed::enabled).orElse(true),
                          Optional.of(version),
                          before
                              .flatMap(Installed::current)
                              .filter(old -> !old.equals(version))
                              .or(() -> before.flatMap(Installed::previous)),
                          Instant.now()));
              exchange.renewOr(
                  id, undo, "plugin %s does not start: %%s".formatted(manifest.title()));
            }
            return installation(candidate, previous, before, dryRun);
          }
        });
  }

  private Installation installation(
      Candidate candidate, Optional<String> previous, Optional<Installed> before, boolean dryRun) {
    PluginManifest manifest = candidate.found().manifest().orElseThrow();
    List<String> notes = new ArrayList<>(candidate.notes());
    PluginState state = PluginState.ACTIVE;
    if (dryRun) {
      state =
          before.isPresent() && !before.get().enabled() ? PluginState.DISABLED : PluginState.ACTIVE;
    } else {
      PluginChange now = exchange.result(manifest.id());
      state = now.state();
      notes.add(now.note());
    }
    if (exchange.set().overlays().containsKey(manifest.id())) {
      notes.add("the version under development is used until its banger plugin dev ends");
    }
    notes.removeIf(String::isEmpty);
    return new Installation(
        manifest.id(),
        manifest.version(),
        candidate.found().digest(),
        previous,
        manifest.permissions(),
        manifest.stepNames(),
        manifest.commandPaths(),
        manifest.checkIds(),
        manifest.hooks(),
        manifest.description(),
        state,
        String.join("; ", notes));
  }
}
