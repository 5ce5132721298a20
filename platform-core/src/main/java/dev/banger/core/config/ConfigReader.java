package dev.banger.core.config;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.tomlj.Toml;
import org.tomlj.TomlArray;
import org.tomlj.TomlPosition;
import org.tomlj.TomlTable;

/** Goes once through a parsed file, and knows afterwards all values and all problems. */
final class ConfigReader {
  private static final String PLUGINS = "plugins";
  private static final String FILE_SYNC = "file_sync";

  private final Path file;
  private final Options options;
  private final Map<String, String> renamed;
  private final TomlTable toml;
  private final ConfigProblems problems;

  private final Map<String, Option<?>> known = new LinkedHashMap<>();
  private final Set<String> tables = new HashSet<>();
  private final Map<Option<?>, Object> values = new HashMap<>();
  private final Map<String, Map<String, Object>> plugins = new LinkedHashMap<>();
  private final List<Map<String, Object>> fileSync = new ArrayList<>();
  private final List<String> warnings = new ArrayList<>();

  ConfigReader(
      Path file,
      Options options,
      Map<String, String> renamed,
      TomlTable toml,
      ConfigProblems problems) {
    this.file = file;
    this.options = options;
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
    if (values.containsKey(options.sshKey)
        && plugins.getOrDefault(Config.SSH, Map.of()).containsKey(Config.SSH_KEY)) {
      problems.add(
          toml.inputPositionOf(List.of(options.sshKey.key())),
          "ssh_key and the %s of [plugins.%s] are the same option; keep one of them"
              .formatted(Config.SSH_KEY, Config.SSH));
    }
    problems.insistOnNone();
    return build();
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
      } else if (key.equals(FILE_SYNC)) {
        acceptFileSync(raw, position);
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

  private void acceptFileSync(Object raw, TomlPosition position) {
    if (!(raw instanceof TomlArray entries)) {
      problems.add(
          position, "file_sync must be entries, each under [[file_sync]], got " + Shown.value(raw));
      return;
    }
    for (int i = 0; i < entries.size(); i++) {
      TomlPosition at = entries.inputPositionOf(i);
      if (entries.get(i) instanceof TomlTable entry) {
        try {
          fileSync.add(PlainValues.of(entry));
        } catch (IllegalArgumentException e) {
          problems.add(at, "file_sync entry %d is %s".formatted(i, e.getMessage()));
        }
      } else {
        problems.add(
            at,
            "file_sync entry %d must be a table with host and guest, got %s"
                .formatted(i, Shown.value(entries.get(i))));
      }
    }
  }

  private void acceptPlugin(String id, TomlTable table, TomlPosition position) {
    if (!Options.PLUGIN_ID.matcher(id).matches()) {
      problems.add(
          position,
          "the name of a plugin must be lower-case letters, digits and -, got " + Shown.value(id));
      return;
    }
    try {
      plugins.put(id, PlainValues.of(table));
    } catch (IllegalArgumentException e) {
      problems.add(position, "plugins.%s is %s".formatted(id, e.getMessage()));
    }
  }

  private String unknown(String key, String shortKey) {
    Set<String> names = new HashSet<>(known.keySet());
    names.addAll(tables);
    names.add(FILE_SYNC);
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
            value(options.vmWorkDisk)),
        new Config.Network(
            value(options.networkMode),
            value(options.networkBridge),
            value(options.networkCidr),
            value(options.networkTapPool)),
        value(options.pluginsDisabled),
        plugins,
        fileSync,
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
    plugins.forEach((id, table) -> flatten(settings, "plugins." + id, table));
    for (int i = 0; i < fileSync.size(); i++) {
      flatten(settings, "file_sync[%d]".formatted(i), fileSync.get(i));
    }
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
