package dev.banger.core.disk;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The loop devices and device-mapper devices there are, as sysfs tells: without a process, and
 * whoever made them. Nothing is remembered; every answer is of now.
 */
final class BlockDevices {
  private static final String DELETED = " (deleted)";

  private final Path block;

  /**
   * @param sys in place of {@code /sys}
   */
  BlockDevices(Path sys) {
    this.block = sys.resolve("block");
  }

  /**
   * A device-mapper device.
   *
   * @param device for example {@code dm-0}
   * @param number what its node must bear, for example {@code 253:0}
   * @param sectors of its live table, in 512 bytes; 0 when it has none
   * @param slaves devices that it is made of
   * @param held whether another device is made of it
   */
  record Mapped(
      String device,
      String number,
      String name,
      String uuid,
      long sectors,
      boolean suspended,
      List<String> slaves,
      boolean held) {}

  /**
   * A loop device that has a file behind it.
   *
   * @param device for example {@code loop0}
   * @param file its absolute path, also when the file has been deleted since
   * @param autoclear whether it goes by itself when nobody has it open
   * @param held whether another device is made of it
   * @param sequence never the same for two files behind one device; -1 before Linux 5.15
   */
  record Loop(
      String device, Path file, boolean deleted, boolean autoclear, boolean held, long sequence) {}

  List<Mapped> mapped() {
    List<Mapped> found = new ArrayList<>();
    for (Path dir : entries(block, "dm-*")) {
      Optional<String> name = text(dir.resolve("dm/name"));
      if (name.isPresent()) {
        found.add(
            new Mapped(
                dir.getFileName().toString(),
                text(dir.resolve("dev")).orElse(""),
                name.get(),
                text(dir.resolve("dm/uuid")).orElse(""),
                number(dir.resolve("size"), 0),
                number(dir.resolve("dm/suspended"), 0) == 1,
                names(dir.resolve("slaves")),
                !names(dir.resolve("holders")).isEmpty()));
      }
    }
    return found;
  }

  List<Loop> loops() {
    List<Loop> found = new ArrayList<>();
    for (Path dir : entries(block, "loop*")) {
      loop(dir).ifPresent(found::add);
    }
    return found;
  }

  Optional<Loop> loop(String device) {
    return loop(block.resolve(device));
  }

  private static Optional<Loop> loop(Path dir) {
    return text(dir.resolve("loop/backing_file"))
        .filter(file -> file.startsWith("/"))
        .map(
            file -> {
              boolean deleted = file.endsWith(DELETED);
              return new Loop(
                  dir.getFileName().toString(),
                  Path.of(deleted ? file.substring(0, file.length() - DELETED.length()) : file),
                  deleted,
                  number(dir.resolve("loop/autoclear"), 0) == 1,
                  !names(dir.resolve("holders")).isEmpty(),
                  number(dir.resolve("diskseq"), -1));
            });
  }

  private static List<String> names(Path dir) {
    return entries(dir, "*").stream().map(entry -> entry.getFileName().toString()).toList();
  }

  /** Sorted; empty when there is no such directory, or no longer. */
  private static List<Path> entries(Path dir, String glob) {
    List<Path> found = new ArrayList<>();
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(dir, glob)) {
      entries.forEach(found::add);
    } catch (IOException e) {
      return List.of();
    }
    found.sort(null);
    return found;
  }

  private static Optional<String> text(Path file) {
    try {
      String content = Files.readString(file);
      return Optional.of(
          content.endsWith("\n") ? content.substring(0, content.length() - 1) : content);
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  private static long number(Path file, long otherwise) {
    try {
      return text(file).map(text -> Long.parseLong(text.strip())).orElse(otherwise);
    } catch (NumberFormatException e) {
      return otherwise;
    }
  }
}
