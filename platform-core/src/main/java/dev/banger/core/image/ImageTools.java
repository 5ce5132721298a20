package dev.banger.core.image;

import dev.banger.core.host.Commands;
import dev.banger.core.model.BangerException;
import dev.banger.core.model.ErrorKind;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The host's tools that importing images and making disks takes. The one list of them: the doctor
 * and the importers ask here.
 */
public final class ImageTools {
  /** Must also be static, see {@link Busybox}. */
  public static final String BUSYBOX = "busybox";

  /**
   * @param tool name of the command
   * @param packageName the Debian or Ubuntu package it comes from
   * @param reason what it is for, one phrase
   */
  public record Tool(String tool, String packageName, String reason) {}

  private static final List<Tool> DISKS =
      List.of(new Tool("mkfs.ext4", "e2fsprogs", "makes file systems"));

  private static final List<Tool> IMAGES =
      List.of(
          new Tool("debugfs", "e2fsprogs", "gives the files of the tiny image to root"),
          new Tool(BUSYBOX, "busybox-static", "runs in the initramfs of every guest"),
          new Tool("apt-get", "apt", "downloads the kernel"),
          new Tool("dpkg-deb", "dpkg", "unpacks the kernel"),
          new Tool("depmod", "kmod", "tells which kernel modules need which"),
          new Tool("xz", "xz-utils", "unpacks kernel modules"),
          new Tool("du", "coreutils", "measures images"));

  private static final List<Tool> DEBIAN =
      List.of(
          new Tool("mmdebstrap", "mmdebstrap", "makes the Debian image"),
          new Tool("unshare", "util-linux", "keeps the mounts of an import off the host"));

  private static final List<Tool> DEBIAN_WITHOUT_ROOT =
      List.of(new Tool("newuidmap", "uidmap", "makes the Debian image without root"));

  private ImageTools() {}

  /** What making any disk takes. */
  public static List<Tool> forDisks() {
    return DISKS;
  }

  /** What importing any image takes, besides {@link #forDisks}. */
  public static List<Tool> forImages() {
    return IMAGES;
  }

  /** What importing a Debian image takes, besides {@link #forImages}. */
  public static List<Tool> forDebian(boolean root) {
    return root ? DEBIAN : join(DEBIAN, DEBIAN_WITHOUT_ROOT);
  }

  static List<Tool> tiny() {
    return join(DISKS, IMAGES);
  }

  static List<Tool> debian() {
    return join(tiny(), forDebian(HostUser.isRoot()));
  }

  private static List<Tool> join(List<Tool> one, List<Tool> other) {
    return Stream.concat(one.stream(), other.stream()).toList();
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

  private static List<Tool> absent(Commands commands, List<Tool> tools) {
    List<Tool> absent = new ArrayList<>();
    for (Tool tool : tools) {
      if (commands.find(tool.tool()).isEmpty()) {
        absent.add(tool);
      }
    }
    return absent;
  }
}
