package dev.banger.core.plugins;

import dev.banger.api.CapabilityException;
import dev.banger.api.FailureKind;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.logging.Level;
import java.util.logging.Logger;

/** Brings versions of plugins into the process, and takes them out again. Thread-safe. */
final class PluginLoader {
  /**
   * PF4J tells of every step at level INFO; what matters of it we tell ourselves. Held strongly.
   */
  private static final Logger PF4J_LOG = Logger.getLogger("org.pf4j");

  static {
    PF4J_LOG.setLevel(Level.SEVERE);
  }

  private final HostServices services;
  private final LeakProbe leaks;
  private final FilteredParent parent = new FilteredParent(PluginLoader.class.getClassLoader());
  private final Map<HostedPlugin, Pf4jPlugins> managers = new ConcurrentHashMap<>();

  PluginLoader(HostServices services, LeakProbe leaks) {
    this.services = services;
    this.leaks = leaks;
  }

  /**
   * Loads and opens a version.
   *
   * @param config what the configuration file has for it
   * @throws CapabilityException saying why it is not there: nothing of it is left then
   */
  HostedPlugin load(FoundPlugin found, Map<String, Object> config) {
    Pf4jPlugins pf4j = manager(found, config);
    HostedPlugin plugin;
    try {
      plugin = pf4j.load();
    } catch (RuntimeException | LinkageError e) {
      quietly(found.id(), pf4j);
      throw new CapabilityException(
          FailureKind.INVALID, "cannot be loaded: " + e.getMessage(), "", e);
    }
    managers.put(plugin, pf4j);
    String failure;
    try {
      pf4j.start();
      failure = plugin.failure();
    } catch (RuntimeException | LinkageError e) {
      failure = plugin.failure().isEmpty() ? "cannot be started: " + e : plugin.failure();
    }
    if (failure.isEmpty()) {
      return plugin;
    }
    unload(plugin);
    throw new CapabilityException(FailureKind.INVALID, failure);
  }

  /**
   * Asks a version for its declarations, in a class loader of its own, and forgets it.
   *
   * @throws CapabilityException saying what is wrong
   */
  void trial(FoundPlugin found, Map<String, Object> config) throws InterruptedException {
    var _ = asked(found, config, HostedPlugin::trial);
  }

  /**
   * The manifest that a version's code would have been built with.
   *
   * @throws CapabilityException saying what is wrong with the code
   */
  Map<String, Object> declared(FoundPlugin found) throws InterruptedException {
    return asked(found, Map.of(), HostedPlugin::declared);
  }

  /**
   * What is wrong with what is configured for a version, which is not opened.
   *
   * @throws CapabilityException saying what is wrong with the plugin itself
   */
  List<String> configProblems(FoundPlugin found, Map<String, Object> config)
      throws InterruptedException {
    return asked(found, config, HostedPlugin::configProblems);
  }

  /** Something to be had from a version that is not opened. */
  @FunctionalInterface
  private interface Question<T> {
    T ask(HostedPlugin plugin) throws InterruptedException;
  }

  private <T> T asked(FoundPlugin found, Map<String, Object> config, Question<T> question)
      throws InterruptedException {
    Pf4jPlugins pf4j = manager(found, config);
    try {
      return question.ask(pf4j.load());
    } catch (CapabilityException e) {
      throw e;
    } catch (RuntimeException | LinkageError e) {
      throw new CapabilityException(
          FailureKind.INVALID, "cannot be loaded: " + e.getMessage(), "", e);
    } finally {
      quietly(found.id(), pf4j);
    }
  }

  private Pf4jPlugins manager(FoundPlugin found, Map<String, Object> config) {
    return new Pf4jPlugins(
        found, parent, loader -> new HostedPlugin(found, loader, services, config));
  }

  /** Closes a version. Never fails. */
  void unload(HostedPlugin plugin) {
    Pf4jPlugins pf4j = managers.remove(plugin);
    if (pf4j != null) {
      quietly(plugin.id(), pf4j);
      leaks.unloaded(plugin);
    }
  }

  private static void quietly(String id, Pf4jPlugins pf4j) {
    try {
      pf4j.unload();
    } catch (RuntimeException | LinkageError e) {
      System.getLogger("banger.plugins")
          .log(System.Logger.Level.WARNING, "plugin " + id + " could not be unloaded", e);
    }
  }
}
