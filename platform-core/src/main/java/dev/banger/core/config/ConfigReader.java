package dev.banger.core.config;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.tomlj.Toml;
import org.tomlj.TomlArray;
import org.tomlj.TomlPosition;
import org.tomlj.TomlTable;

/** Goes once through a parsed file, and knows afterwards all values and all problems. */
final class ConfigReader {
  private static final String PLUGINS = "plugins";

  /** What entries are called in a plugin's table. */
  private static final String ENTRIES = "entries";

  private static final Pattern ENTRY_NAME = Pattern.compile("[a-z][a-z0-9]*(_[a-z0-9]+)*");

  private final Path file;
  private final Options options;
  private final PluginTables judges;
  private final Map<String, String> renamed;
  private final TomlTable toml;
  private final ConfigProblems problems;

  private final Map<String, Option<?>> known = new LinkedHashMap<>();
  private final Set<String> tables = new HashSet<>();
  private final Map<Option<?>, Object> values = new HashMap<>();
  private final Map<String, Map<String, Object>> plugins = new LinkedHashMap<>();
  private final Map<String, List<Map<String, Object>>> entries = new LinkedHashMap<>();
  private final Map<String, TomlPosition> places = new HashMap<>();
  private final List<String> warnings = new ArrayList<>();

  ConfigReader(
      Path file,
      Options options,
      PluginTables judges,
      Map<String, String> renamed,
      TomlTable toml,
      ConfigProblems problems) {
    this.file = file;
    this.options = options;
    this.judges = judges;
    this.renamed = renamed;
    this.toml = toml;
    this.problems = problems;
    for (Option<?> option : options.all()) {
      known.put(option.key(), option);
      tables.add(option.table());
    }
    tables.add(PLUGINS);
  }

  Config config() {
    read(toml, List.of());
    isOnce(options.sshKey, Config.SSH, Config.SSH_KEY);
    isOnce(options.idleStop, Config.IDLE, Config.IDLE_AFTER);
    judge();
    problems.insistOnNone();
    return build();
  }

  /** Some options of plugins are at the top of the file. */
  private void isOnce(Option<?> option, String plugin, String key) {
    if (values.containsKey(option) && plugins.getOrDefault(plugin, Map.of()).containsKey(key)) {
      problems.add(
          toml.inputPositionOf(List.of(option.key())),
          "%s and the %s of [plugins.%s] are the same option; keep one of them"
              .formatted(option.key(), key, plugin));
    }
  }

  private void read(TomlTable table, List<String> at) {
    for (String shortKey : table.keySet()) {
      List<String> path = new ArrayList<>(at);
      path.add(shortKey);
      String key = Toml.joinKeyPath(path);
      Object raw = table.get(List.of(shortKey));
      TomlPosition position = table.inputPositionOf(List.of(shortKey));
      if (known.containsKey(key)) {
        accept(known.get(key), raw, position);
      } else if (renamed.containsKey(key)) {
        acceptRenamed(key, raw, position);
      } else if (tables.contains(key)) {
        if (raw instanceof TomlTable inner) {
          read(inner, path);
        } else {
          problems.add(
              position, "%s must be a table, [%s], got %s".formatted(key, key, Shown.value(raw)));
        }
      } else if (at.isEmpty() && takesEntries(shortKey)) {
        acceptEntries(shortKey, raw, position);
      } else if (at.equals(List.of(PLUGINS)) && raw instanceof TomlTable inner) {
        acceptPlugin(shortKey, inner, position);
      } else {
        problems.add(position, unknown(key, shortKey));
      }
    }
  }

  private void accept(Option<?> option, Object raw, TomlPosition position) {
    try {
      if (values.put(option, option.type().parse(raw)) != null) {
        problems.add(position, option.key() + " is there twice, once by an earlier name");
      }
    } catch (IllegalArgumentException e) {
      problems.add(
          position,
          "%s must be %s, got %s".formatted(option.key(), e.getMessage(), Shown.value(raw)));
    }
  }

  private void acceptRenamed(String key, Object raw, TomlPosition position) {
    String now = renamed.get(key);
    warnings.add(
        "%s, line %d: %s is called %s now; please rename it"
            .formatted(file, position.line(), key, now));
    accept(known.get(now), raw, position);
  }

  /** The core knows no such name: it is a plugin's. */
  private boolean takesEntries(String name) {
    return ENTRY_NAME.matcher(name).matches() && judges.takeEntries().contains(pluginOf(name));
  }

  private static String pluginOf(String name) {
    return name.replace('_', '-');
  }

  private void acceptEntries(String name, Object raw, TomlPosition position) {
    if (!(raw instanceof TomlArray list)) {
      problems.add(
          position,
          "%s must be entries, each under [[%s]], got %s".formatted(name, name, Shown.value(raw)));
      return;
    }
    List<Map<String, Object>> accepted = new ArrayList<>();
    for (int i = 0; i < list.size(); i++) {
      TomlPosition at = list.inputPositionOf(i);
      String entry = "%s[%d]".formatted(name, i);
      places.put(entry, at);
      if (list.get(i) instanceof TomlTable table) {
        try {
          accepted.add(PlainValues.of(table));
        } catch (IllegalArgumentException e) {
          problems.add(at, "%s is %s".formatted(entry, e.getMessage()));
        }
      } else {
        problems.add(
            at,
            "%s must be a table, [[%s]], got %s".formatted(entry, name, Shown.value(list.get(i))));
      }
    }
    entries.put(name, accepted);
  }

  /** Gives plugins what is theirs, and asks what they have against it. */
  private void judge() {
    entries.forEach(
        (name, list) -> {
          Map<String, Object> table =
              new LinkedHashMap<>(plugins.getOrDefault(pluginOf(name), Map.of()));
          if (table.put(ENTRIES, List.copyOf(list)) != null) {
            problems.add(
                places.get(pluginOf(name)),
                "%s and the entries of [plugins.%s] are the same option; keep one of them"
                    .formatted(name, pluginOf(name)));
          }
          plugins.put(pluginOf(name), Collections.unmodifiableMap(table));
        });
    if (!problems.isEmpty()) {
      // What could not be read would be missed by the plugin that it was for.
      return;
    }
    plugins.forEach(
        (id, table) -> {
          if (!value(options.pluginsDisabled).contains(id)) {
            for (String problem : judges.problems(id, table)) {
              problems.add(place(id, problem), problem);
            }
          }
        });
  }

  private TomlPosition place(String id, String problem) {
    String subject = problem.substring(0, problem.indexOf(']') + 1);
    return places.getOrDefault(
        subject, places.getOrDefault(id, places.get(id.replace('-', '_') + "[0]")));
  }

  private void acceptPlugin(String id, TomlTable table, TomlPosition position) {
    if (!Options.PLUGIN_ID.matcher(id).matches()) {
      problems.add(
          position,
          "the name of a plugin must be lower-case letters, digits and -, got " + Shown.value(id));
      return;
    }
    try {
      places.put(id, position);
      plugins.put(id, PlainValues.of(table));
    } catch (IllegalArgumentException e) {
      problems.add(position, "plugins.%s is %s".formatted(id, e.getMessage()));
    }
  }

  private String unknown(String key, String shortKey) {
    Set<String> names = new HashSet<>(known.keySet());
    names.addAll(tables);
    judges.takeEntries().forEach(id -> names.add(id.replace('-', '_')));
    names.remove("");
    String meant =
        options.all().stream()
            .filter(option -> option.shortKey().equals(shortKey))
            .map(option -> "did you mean " + where(option) + "?")
            .findFirst()
            .or(() -> Nearest.to(key, names).map(name -> "did you mean " + name + "?"))
            .orElse("docs/config.md lists them all");
    return "there is no option %s; %s".formatted(Shown.text(key), meant);
  }

  private static String where(Option<?> option) {
    return option.table().isEmpty()
        ? option.key() + ", above the first table"
        : option.shortKey() + " under [" + option.table() + "]";
  }

  private Config build() {
    return new Config(
        file,
        value(options.image),
        value(options.driver),
        value(options.firecrackerBin),
        value(options.qemuBin),
        value(options.accel),
        value(options.sshKey),
        value(options.startTimeout),
        value(options.stopGrace),
        value(options.idleStop),
        new Config.VmDefaults(
            value(options.vmCpus),
            Math.toIntExact(value(options.vmMemory)),
            value(options.vmDisk),
            value(options.vmWorkDisk),
            value(options.vmRootDisk)),
        new Config.Network(
            value(options.networkMode),
            value(options.networkBridge),
            value(options.networkCidr),
            value(options.networkTapPool)),
        value(options.pluginsDisabled),
        plugins,
        settings(),
        warnings);
  }

  private <T> T value(Option<T> option) {
    @SuppressWarnings("unchecked") // put there by the option's own type, in accept
    T value = (T) values.getOrDefault(option, option.defaultValue());
    return value;
  }

  private List<Setting> settings() {
    List<Setting> settings = new ArrayList<>();
    for (Option<?> option : options.all()) {
      settings.add(setting(option));
    }
    plugins.forEach(
        (id, table) -> {
          Map<String, Object> rest = new LinkedHashMap<>(table);
          if (entries.containsKey(id.replace('-', '_'))) {
            rest.remove(ENTRIES);
          }
          flatten(settings, "plugins." + id, rest);
        });
    entries.forEach(
        (name, list) -> {
          for (int i = 0; i < list.size(); i++) {
            flatten(settings, "%s[%d]".formatted(name, i), list.get(i));
          }
        });
    return settings;
  }

  private <T> Setting setting(Option<T> option) {
    return new Setting(
        option.key(),
        option.type().format(value(option)),
        values.containsKey(option) ? Setting.FILE : Setting.DEFAULT);
  }

  private static void flatten(List<Setting> settings, String prefix, Map<String, Object> table) {
    table.forEach(
        (key, value) ->
            settings.add(new Setting(prefix + "." + key, String.valueOf(value), Setting.FILE)));
  }
}
