package dev.banger.hooks;

import dev.banger.api.CapabilityException;
import dev.banger.api.FailureKind;
import dev.banger.api.GuestFile;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Puts together what all plugins add to a start. Two that want the same are named. */
final class ContributionMerge {
  /** The kernel takes 2048 bytes of command line on x86 (COMMAND_LINE_SIZE), banger's included. */
  private static final int MAX_COMMAND_LINE = 1024;

  private final Map<String, Owned<GuestFile>> files = new TreeMap<>();
  private final Map<String, Owned<KernelArgument>> arguments = new LinkedHashMap<>();
  private final Map<String, Contributions.Disk> disks = new LinkedHashMap<>();
  private final Map<Path, Contributions.Disk> images = new LinkedHashMap<>();
  private final Map<String, Journal.Endpoint> endpoints = new LinkedHashMap<>();
  private int commandLine;

  private record Owned<T>(String plugin, T value) {}

  /**
   * @throws CapabilityException of kind CONFLICT naming both plugins
   */
  void add(LaunchRecorder added) {
    String plugin = added.plugin();
    for (GuestFile file : added.files()) {
      Owned<GuestFile> other = files.putIfAbsent(file.path(), new Owned<>(plugin, file));
      if (other != null && !sameDirectory(other.value(), file)) {
        throw conflict("guest file " + file.path(), other.plugin(), plugin);
      }
    }
    for (KernelArgument argument : added.arguments()) {
      Owned<KernelArgument> other =
          arguments.putIfAbsent(argument.name(), new Owned<>(plugin, argument));
      if (other == null) {
        lengthen(plugin, argument);
      } else if (!other.value().text().equals(argument.text())) {
        throw conflict("kernel argument " + argument.name(), other.plugin(), plugin);
      }
    }
    for (Contributions.Disk disk : added.disks()) {
      Contributions.Disk other = disks.putIfAbsent(disk.name(), disk);
      if (other == null) {
        other = images.putIfAbsent(disk.image(), disk);
      }
      if (other != null) {
        throw conflict("disk " + disk.name(), other.plugin(), plugin);
      }
    }
    for (Journal.Endpoint endpoint : added.endpoints()) {
      Journal.Endpoint other = endpoints.putIfAbsent(endpoint.name(), endpoint);
      if (other != null) {
        throw conflict("endpoint " + endpoint.name(), other.plugin(), plugin);
      }
    }
  }

  private void lengthen(String plugin, KernelArgument argument) {
    commandLine += argument.text().length() + 1;
    if (commandLine > MAX_COMMAND_LINE) {
      throw new CapabilityException(
          FailureKind.CONFLICT,
          "with \"%s\" of plugin %s the plugins' kernel arguments are longer than %d characters"
              .formatted(argument.text(), plugin, MAX_COMMAND_LINE),
          "banger plugin disable " + plugin);
    }
  }

  /**
   * @throws CapabilityException of kind CONFLICT when something lies below a file
   */
  Contributions result() {
    for (Owned<GuestFile> owned : files.values()) {
      String path = owned.value().path();
      for (int cut = path.lastIndexOf('/'); cut > 0; cut = path.lastIndexOf('/', cut - 1)) {
        Owned<GuestFile> above = files.get(path.substring(0, cut));
        if (above != null && !above.value().isDirectory()) {
          throw conflict("guest file " + above.value().path(), above.plugin(), owned.plugin());
        }
      }
    }
    return new Contributions(
        files.values().stream().map(Owned::value).toList(),
        arguments.values().stream().map(owned -> owned.value().text()).toList(),
        List.copyOf(disks.values()),
        new ArrayList<>(endpoints.values()));
  }

  private static boolean sameDirectory(GuestFile one, GuestFile other) {
    return one.isDirectory() && other.isDirectory() && one.mode() == other.mode();
  }

  private static CapabilityException conflict(String what, String one, String other) {
    return one.equals(other)
        ? new CapabilityException(
            FailureKind.CONFLICT,
            "plugin %s gives %s twice".formatted(one, what),
            "this is a defect of the plugin; to go on without it: banger plugin disable " + one)
        : new CapabilityException(
            FailureKind.CONFLICT,
            "plugins %s and %s both give %s".formatted(one, other, what),
            "banger plugin disable %s, or %s".formatted(one, other));
  }
}
