package dev.banger.system;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Images that tests share. An image is imported once, in a home of its own, and its folder kept
 * under the build folder; a test's home gets hard links to its files, which nobody writes to.
 */
final class ImageShelf {
  /** By name, what to import where that is not the name alone. */
  private static final Map<String, List<String>> KINDS =
      Map.of(
          "debian-kvm",
          List.of(
              "debian",
              "--name",
              "debian-kvm",
              "--package",
              "qemu-system-x86",
              "--package",
              "dmsetup"));

  private ImageShelf() {}

  /** Makes {@code home} know {@code image}; its daemon must not be running yet. */
  static synchronized void place(String image, BangerHome home) {
    try {
      Path shelf = Files.createDirectories(shelf());
      Path kept = shelf.resolve(image);
      // Test processes may run side by side; one imports, the others wait.
      try (FileChannel lock =
              FileChannel.open(
                  shelf.resolve(image + ".lock"),
                  StandardOpenOption.CREATE,
                  StandardOpenOption.WRITE);
          var held = lock.lock()) {
        if (!held.isValid()) {
          throw new IOException("the lock on " + shelf + " was lost");
        }
        if (!Files.isDirectory(kept)) {
          importOnto(shelf, image);
        }
      }
      copy(kept, home.images().resolve(image));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void importOnto(Path shelf, String image) throws IOException {
    Path half = shelf.resolve(image + ".half");
    BangerHome.delete(half);
    try (BangerHome importer = BangerHome.empty()) {
      List<String> words = new ArrayList<>(List.of("image", "import"));
      words.addAll(KINDS.getOrDefault(image, List.of(image)));
      importer.ok(words.toArray(String[]::new));
      copy(importer.images().resolve(image), half);
    }
    Files.move(half, shelf.resolve(image));
  }

  private static Path shelf() {
    return Path.of(System.getProperty("banger.test.images", "target/images")).toAbsolutePath();
  }

  private static void copy(Path from, Path to) throws IOException {
    // As the daemon makes them: for their owner only.
    Files.createDirectories(
        to.getParent(),
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    List<Path> all;
    try (Stream<Path> walk = Files.walk(from)) {
      all = new ArrayList<>(walk.toList());
    }
    for (Path source : all) {
      Path target = to.resolve(from.relativize(source).toString());
      if (Files.isDirectory(source)) {
        Files.createDirectory(target);
      } else {
        link(source, target);
      }
    }
  }

  private static void link(Path source, Path target) throws IOException {
    if (Files.getFileStore(source).equals(Files.getFileStore(target.getParent()))) {
      Files.createLink(target, source);
      return;
    }
    // Another file system: a copy, and with its holes, for a file system image is mostly holes.
    Process copy =
        new ProcessBuilder(
                "cp", "--sparse=always", "--preserve=mode", source.toString(), target.toString())
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.INHERIT)
            .start();
    try {
      int code = copy.waitFor();
      if (code != 0) {
        throw new IOException("cp " + source + " " + target + ": exit code " + code);
      }
    } catch (InterruptedException e) {
      copy.destroyForcibly();
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }
}
