package dev.banger.core.config;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Every option there is. What reads, shows, documents or completes options goes through this table;
 * an option is added here and in {@link Config}, and nowhere else.
 */
public final class Options {
  /** Names of images; also what an image's directory is called. */
  static final Pattern IMAGE_NAME = Pattern.compile("[a-z0-9][a-z0-9._-]{0,62}");

  static final Pattern PLUGIN_ID = Pattern.compile("[a-z][a-z0-9-]{0,39}");

  /** The kernel's IFNAMSIZ is 16, with the closing NUL. */
  private static final Pattern INTERFACE = Pattern.compile("[a-zA-Z][a-zA-Z0-9._-]{0,14}");

  private static final OptionType<String> PLUGIN =
      OptionTypes.text("plugin id", PLUGIN_ID, "a plugin id such as \"dns\"");

  final Option<String> image =
      new Option<>(
          "image",
          OptionTypes.text("image name", IMAGE_NAME, "the name of an image, such as \"debian\""),
          "debian",
          "The image of a VM that is created without `--image`.");
  final Option<String> driver =
      new Option<>(
          "driver",
          OptionTypes.choice("auto", "firecracker", "qemu"),
          "auto",
          "What runs the VMs; `auto` takes the best that works on this host.");
  final Option<Optional<Path>> firecrackerBin;
  final Option<Optional<Path>> qemuBin;
  final Option<String> accel =
      new Option<>(
          "accel",
          OptionTypes.choice("auto", "kvm", "tcg"),
          "auto",
          "`auto` tries KVM by booting a guest, and emulates (`tcg`) where that does not work.");
  final Option<Optional<Path>> sshKey;
  final Option<Duration> startTimeout =
      new Option<>(
          "start_timeout",
          OptionTypes.duration("1s", "1h"),
          Duration.ofMinutes(2),
          "How long a VM may take from its start until it is ready.");
  final Option<Duration> stopGrace =
      new Option<>(
          "stop_grace",
          OptionTypes.duration("0s", "1h"),
          Duration.ofSeconds(20),
          "How long a guest that was asked to stop may take before it is forced.");
  final Option<Duration> idleStop =
      new Option<>(
          "idle_stop",
          OptionTypes.duration("0s", "8760h"),
          Duration.ZERO,
          "Stop a VM that was not used for so long; `0s` is never.");
  final Option<Integer> vmCpus =
      new Option<>(
          "vm.cpus",
          OptionTypes.integer(SpecRules.MIN_CPUS, SpecRules.MAX_CPUS),
          2,
          "CPUs of a VM that is created without `--cpus`.");
  final Option<Long> vmMemory =
      new Option<>(
          "vm.memory",
          OptionTypes.size(SpecRules.MIN_MEMORY_MIB, 1024L * 1024),
          1024L,
          "Its memory, without `--memory`.");
  final Option<Long> vmDisk =
      new Option<>(
          "vm.disk",
          OptionTypes.size(SpecRules.MIN_DISK_MIB, SpecRules.MAX_DISK_MIB),
          8192L,
          "Its root disk, without `--disk`; a larger image gets what it needs. Takes space only as"
              + " it is written to.");
  final Option<Long> vmWorkDisk =
      new Option<>(
          "vm.work_disk",
          OptionTypes.size(SpecRules.MIN_DISK_MIB, SpecRules.MAX_DISK_MIB),
          4096L,
          "Its work disk, mounted at `/root`, without `--work-disk`. Takes space only as it is"
              + " written to.");
  final Option<String> vmRootDisk =
      new Option<>(
          "vm.root_disk",
          OptionTypes.choice("auto", "dm-snapshot", "reflink", "qcow2", "copy"),
          "auto",
          "How its root disk is made from the image; `auto` takes the cheapest that this host can do"
              + " and the driver can read. A VM keeps the one it was made with.");
  final Option<String> networkMode =
      new Option<>(
          "network.mode",
          OptionTypes.choice("auto", "bridge", "user"),
          "auto",
          "`bridge` needs root, or `sudo` without a password for `ip`; `user` needs no privileges; `auto`"
              + " is `bridge` where that is possible and takes nothing from anybody.");
  final Option<String> networkBridge =
      new Option<>(
          "network.bridge",
          OptionTypes.text(
              "interface name",
              INTERFACE,
              "an interface name of at most 15 characters, such as \"br-banger\""),
          "br-banger",
          "The bridge of the mode `bridge`.");
  final Option<String> networkCidr =
      new Option<>(
          "network.cidr",
          OptionTypes.network(),
          "172.30.0.0/16",
          "Where guests' addresses come from in the mode `bridge`.");
  final Option<Integer> networkTapPool =
      new Option<>(
          "network.tap_pool",
          OptionTypes.integer(0, 256),
          4,
          "TAP devices that are made ahead in the mode `bridge`.");
  final Option<List<String>> pluginsDisabled =
      new Option<>(
          "plugins.disabled", OptionTypes.list(PLUGIN), List.of(), "Plugins that are not loaded.");

  private final List<Option<?>> all;

  /**
   * @param home what {@code ~/} stands for
   */
  public Options(Path home) {
    OptionType<Optional<Path>> path = OptionTypes.path(home);
    firecrackerBin =
        new Option<>(
            "firecracker_bin",
            path,
            Optional.empty(),
            "The Firecracker binary; empty: from `PATH`.");
    qemuBin =
        new Option<>("qemu_bin", path, Optional.empty(), "The QEMU binary; empty: from `PATH`.");
    sshKey =
        new Option<>(
            "ssh_key",
            path,
            Optional.empty(),
            "A private key of yours that guests accept from their next start on, its public half"
                + " beside it in `.pub` (or the `.pub` alone, when an agent has the private one);"
                + " empty: a pair of banger's own, made once.");
    all =
        List.of(
            image,
            driver,
            firecrackerBin,
            qemuBin,
            accel,
            sshKey,
            startTimeout,
            stopGrace,
            idleStop,
            vmCpus,
            vmMemory,
            vmDisk,
            vmWorkDisk,
            vmRootDisk,
            networkMode,
            networkBridge,
            networkCidr,
            networkTapPool,
            pluginsDisabled);
  }

  /** In the order in which they are documented; those of one table lie together. */
  public List<Option<?>> all() {
    return all;
  }
}
