package dev.banger.core.config;

import java.util.List;
import java.util.Map;
import java.util.Set;

/** What the reader of the configuration has to know of plugins. Asked only when it matters. */
public interface PluginTables {
  /** There are no plugins. */
  PluginTables NONE = takingEntries(Set.of());

  /**
   * Ids of plugins that take entries, each under {@code [[some_id]]} at the top of the file, with
   * {@code _} for {@code -}.
   */
  Set<String> takeEntries();

  /**
   * What a plugin has against its table, each in one sentence that names the key.
   *
   * @param table {@code [plugins.ID]}; entries are its {@code entries}
   */
  List<String> problems(String pluginId, Map<String, Object> table);

  /** Does not judge tables: a plugin that does not like its own is told of when it is loaded. */
  static PluginTables takingEntries(Set<String> ids) {
    return new PluginTables() {
      @Override
      public Set<String> takeEntries() {
        return ids;
      }

      @Override
      public List<String> problems(String pluginId, Map<String, Object> table) {
        return List.of();
      }
    };
  }

  /** The same, without judging. */
  default PluginTables unjudged() {
    PluginTables all = this;
    return new PluginTables() {
      @Override
      public Set<String> takeEntries() {
        return all.takeEntries();
      }

      @Override
      public List<String> problems(String pluginId, Map<String, Object> table) {
        return List.of();
      }
    };
  }
}
