package dev.banger.core.config;

import dev.banger.core.model.BangerException;
import dev.banger.core.model.ErrorKind;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What {@code config.toml} says, with every default filled in. {@link Options} has the meanings.
 *
 * @param file where it was read from; need not exist
 * @param driver {@code auto}, {@code firecracker} or {@code qemu}
 * @param accel {@code auto}, {@code kvm} or {@code tcg}
 * @param idleStop zero: never
 * @param plugins the tables {@code [plugins.ID]} by plugin id, for the plugins to judge. Values are
 *     strings, numbers, booleans, lists and maps; dates are strings. What is written {@code
 *     [[some_id]]} is the list {@code entries} in that of the plugin {@code some-id}
 * @param settings every option and plugin value with its source, for {@code config show}
 * @param warnings sentences, for example on keys that were renamed
 */
public record Config(
    Path file,
    String image,
    String driver,
    Optional<Path> firecrackerBin,
    Optional<Path> qemuBin,
    String accel,
    Optional<Path> sshKey,
    Duration startTimeout,
    Duration stopGrace,
    Duration idleStop,
    VmDefaults vm,
    Network network,
    List<String> disabledPlugins,
    Map<String, Map<String, Object>> plugins,
    List<Setting> settings,
    List<String> warnings) {

  static final String SSH = "ssh-access";
  static final String SSH_KEY = "key";
  static final String IDLE = "idle-stop";
  static final String IDLE_AFTER = "after";

  public Config {
    disabledPlugins = List.copyOf(disabledPlugins);
    plugins = Map.copyOf(plugins);
    settings = List.copyOf(settings);
    warnings = List.copyOf(warnings);
  }

  /**
   * What a VM gets that was not asked for otherwise.
   *
   * @param diskMiB of the root disk; an image that is larger gets its own size
   * @param rootDisk {@code auto}, {@code dm-snapshot}, {@code reflink}, {@code qcow2} or {@code
   *     copy}
   */
  public record VmDefaults(
      int cpus, int memoryMiB, long diskMiB, long workDiskMiB, String rootDisk) {}

  /**
   * @param mode {@code auto}, {@code bridge} or {@code user}
   * @param cidr an IPv4 network
   */
  public record Network(String mode, String bridge, String cidr, int tapPool) {}

  /** The environment variable that is stronger than {@code network.mode}. */
  public static final String NETWORK_MODE = "BANGER_NETWORK_MODE";

  /**
   * The same, where the environment has a word in it: {@link #NETWORK_MODE}.
   *
   * @throws BangerException of kind INVALID when the variable is not one of the modes
   */
  public Config overruledBy(Map<String, String> environment) {
    String mode = environment.getOrDefault(NETWORK_MODE, "");
    if (mode.isEmpty()) {
      return this;
    }
    if (!List.of("auto", "bridge", "user").contains(mode)) {
      throw new BangerException(
          ErrorKind.INVALID,
          "%s must be one of auto, bridge, user, got %s".formatted(NETWORK_MODE, Shown.value(mode)),
          "unset it to use network.mode of " + file);
    }
    List<Setting> shown =
        settings.stream()
            .map(
                each ->
                    each.key().equals("network.mode")
                        ? new Setting(each.key(), mode, NETWORK_MODE)
                        : each)
            .toList();
    return new Config(
        file,
        image,
        driver,
        firecrackerBin,
        qemuBin,
        accel,
        sshKey,
        startTimeout,
        stopGrace,
        idleStop,
        vm,
        new Network(mode, network.bridge(), network.cidr(), network.tapPool()),
        disabledPlugins,
        plugins,
        shown,
        warnings);
  }

  /**
   * What each plugin is told, by plugin id: its table. The plugin for SSH has its key at the top of
   * the file, as {@code ssh_key}; the one that stops VMs has its time there, as {@code idle_stop}.
   */
  public Map<String, Map<String, Object>> pluginTables() {
    Map<String, Map<String, Object>> tables = new HashMap<>(plugins);
    sshKey.ifPresent(
        file -> {
          Map<String, Object> ssh = new HashMap<>(plugin(SSH));
          ssh.put(SSH_KEY, file.toString());
          tables.put(SSH, ssh);
        });
    if (!idleStop.isZero()) {
      Map<String, Object> idle = new HashMap<>(plugin(IDLE));
      idle.put(IDLE_AFTER, Durations.format(idleStop));
      tables.put(IDLE, idle);
    }
    return tables;
  }

  /** The plugin's own table; empty when the file has none. */
  public Map<String, Object> plugin(String id) {
    return plugins.getOrDefault(id, Map.of());
  }
}
