package dev.banger.core.image;

import dev.banger.core.host.Commands;
import dev.banger.core.model.BangerException;
import dev.banger.core.model.ErrorKind;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** The host's tools that importing images and making disks takes. */
public final class ImageTools {
  /**
   * @param tool name of the command
   * @param packageName the Debian or Ubuntu package it comes from
   * @param reason what it is for, one phrase
   */
  public record Tool(String tool, String packageName, String reason) {}

  private static final Tool MKFS = new Tool("mkfs.ext4", "e2fsprogs", "makes file systems");

  static final List<Tool> TINY =
      List.of(
          MKFS,
          new Tool("debugfs", "e2fsprogs", "gives the files of the tiny image to root"),
          new Tool("busybox", "busybox-static", "runs in the initramfs of every guest"),
          new Tool("apt-get", "apt", "downloads the kernel"),
          new Tool("dpkg-deb", "dpkg", "unpacks the kernel"),
          new Tool("depmod", "kmod", "tells which kernel modules need which"),
          new Tool("du", "coreutils", "measures images"));

  static final List<Tool> DEBIAN =
      List.of(
          MKFS,
          new Tool("mmdebstrap", "mmdebstrap", "makes the Debian image"),
          new Tool("busybox", "busybox-static", "runs in the initramfs of every guest"),
          new Tool("apt-get", "apt", "downloads the kernel"),
          new Tool("dpkg-deb", "dpkg", "unpacks the kernel"),
          new Tool("depmod", "kmod", "tells which kernel modules need which"),
          new Tool("unshare", "util-linux", "keeps the mounts of an import off the host"),
          new Tool("du", "coreutils", "measures images"));

  private static final List<Tool> WITHOUT_ROOT =
      List.of(new Tool("newuidmap", "uidmap", "makes the Debian image without root"));

  private ImageTools() {}

  /** What is not there, for the doctor; empty when every import can work. */
  public static List<Tool> missing(Commands commands) {
    Set<Tool> all = new LinkedHashSet<>(TINY);
    all.addAll(DEBIAN);
    if (!HostUser.isRoot()) {
      all.addAll(WITHOUT_ROOT);
    }
    return absent(commands, all);
  }

  /** Refuses (kind UNAVAILABLE) when a tool is missing, naming all that are. */
  static void require(Commands commands, List<Tool> tools) {
    List<Tool> absent = absent(commands, tools);
    if (!absent.isEmpty()) {
      throw new BangerException(
          ErrorKind.UNAVAILABLE,
          absent.stream()
              .map(tool -> "%s (%s)".formatted(tool.tool(), tool.reason()))
              .collect(Collectors.joining(", ", "not installed: ", "")),
          absent.stream()
              .map(Tool::packageName)
              .distinct()
              .collect(Collectors.joining(" ", "sudo apt-get install ", "")));
    }
  }

  private static List<Tool> absent(Commands commands, Iterable<Tool> tools) {
    List<Tool> absent = new ArrayList<>();
    for (Tool tool : tools) {
      if (commands.find(tool.tool()).isEmpty()) {
        absent.add(tool);
      }
    }
    return absent;
  }
}
