package dev.banger.core.image;

import dev.banger.core.host.Commands;
import dev.banger.core.lifecycle.ImageCatalog;
import dev.banger.core.model.BangerException;
import dev.banger.core.model.ErrorKind;
import dev.banger.core.model.Image;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;

/**
 * Images as directories: {@code <images>/<name>/} with {@code image.json}, {@code kernel}, {@code
 * initrd.img} and {@code rootfs.img}. An image appears and disappears by one rename; what a crash
 * leaves lies in directories that start with a dot, which {@link #sweep} removes. Thread-safe.
 */
public final class ImageRegistry implements ImageCatalog {
  static final String KERNEL = "kernel";
  static final String INITRD = "initrd.img";
  static final String ROOTFS = "rootfs.img";

  private static final String STAGING = ".staging-";
  private static final String DELETED = ".deleted-";
  private static final Duration MEASURE_LIMIT = Duration.ofSeconds(30);

  private final Commands commands;
  private final Path images;
  private final TreeRemover remover;
  private final SecureRandom random = new SecureRandom();

  /**
   * @param images directory of the images; made when the first one is imported
   */
  public ImageRegistry(Commands commands, Path images) {
    this.commands = commands;
    this.images = images.toAbsolutePath().normalize();
    this.remover = new TreeRemover(commands);
  }

  /** Sorted by name; images that cannot be read are left out, see {@link #listing}. */
  @Override
  public List<Image> list() {
    return listing().images();
  }

  @Override
  public Image get(String name) {
    return toImage(manifest(name));
  }

  /** What the image's files take on the host's disk, in MiB. */
  public long sizeMiB(String name) {
    return manifest(name).sizeMiB();
  }

  public Listing listing() {
    List<Image> good = new ArrayList<>();
    List<BrokenImage> broken = new ArrayList<>();
    for (String name : names()) {
      try {
        good.add(toImage(read(name)));
      } catch (NoSuchFileException e) {
        if (Files.exists(images.resolve(name), LinkOption.NOFOLLOW_LINKS)) {
          broken.add(new BrokenImage(name, reason(e)));
        }
      } catch (IOException e) {
        broken.add(new BrokenImage(name, reason(e)));
      }
    }
    return new Listing(good, broken);
  }

  /**
   * Deletes an image, readable or not.
   *
   * @param usedBy names of the VMs over this image
   * @throws BangerException of kind CONFLICT when there are any, NOT_FOUND when there is no such
   *     image
   */
  public void delete(String name, Collection<String> usedBy) {
    ImageName.check(name);
    Path dir = images.resolve(name);
    if (!Files.isDirectory(dir, LinkOption.NOFOLLOW_LINKS)) {
      throw notFound(name);
    }
    if (!usedBy.isEmpty()) {
      throw new BangerException(
          ErrorKind.CONFLICT,
          "image %s is in use by %s".formatted(name, String.join(", ", usedBy)),
          "banger vm delete " + String.join(" ", usedBy));
    }
    try {
      Path trash = images.resolve(DELETED + token());
      Files.move(dir, trash, StandardCopyOption.ATOMIC_MOVE);
      remover.remove(trash);
    } catch (NoSuchFileException e) {
      throw notFound(name);
    } catch (IOException e) {
      throw failed("cannot delete image " + name, e);
    }
  }

  /**
   * Removes what interrupted imports and deletions left. For the daemon's start, before any import.
   *
   * @return what could not be removed, and why
   */
  public List<String> sweep() {
    List<String> left = new ArrayList<>();
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(images, ".*")) {
      for (Path entry : entries) {
        String name = entry.getFileName().toString();
        if (name.startsWith(STAGING) || name.startsWith(DELETED)) {
          try {
            remover.remove(entry);
          } catch (IOException e) {
            left.add(entry + ": " + reason(e));
          }
        }
      }
    } catch (NoSuchFileException e) {
      return left;
    } catch (IOException e) {
      left.add(images + ": " + reason(e));
    }
    return left;
  }

  /** Refuses a malformed name and, with kind CONFLICT, one that is taken. */
  void checkFree(String name) {
    if (Files.exists(images.resolve(ImageName.check(name)), LinkOption.NOFOLLOW_LINKS)) {
      throw taken(name, null);
    }
  }

  ImageStaging stage() {
    Path dir = images.resolve(STAGING + token());
    ImageStaging staging = new ImageStaging(dir, remover);
    try {
      Files.createDirectories(images);
      Files.createDirectory(
          dir, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
      Files.createDirectory(staging.image());
      Files.createDirectory(staging.scratch());
      return staging;
    } catch (IOException e) {
      staging.close();
      throw failed("cannot prepare an image under " + images, e);
    }
  }

  /** Makes what was staged an image, durably and at once. */
  Image publish(
      ImageStaging staging, String name, String kernelVersion, long diskMiB, String description)
      throws InterruptedException {
    ImageName.check(name);
    try {
      ImageManifest manifest =
          new ImageManifest(
              name,
              kernelVersion,
              diskMiB,
              allocatedMiB(staging.image()),
              description,
              Instant.now().truncatedTo(ChronoUnit.SECONDS));
      manifest.write(staging.image().resolve(ImageManifest.FILE));
      for (String file : List.of(KERNEL, INITRD, ROOTFS, ImageManifest.FILE)) {
        Path path = staging.image().resolve(file);
        flush(path);
        Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("r--r--r--"));
      }
      flush(staging.image());
      appear(staging.image(), name);
      return toImage(manifest);
    } catch (IOException e) {
      throw failed("cannot register image " + name, e);
    }
  }

  /** The rename fails when there is a directory with content: of two imports the first wins. */
  private void appear(Path ready, String name) throws IOException {
    Path target = images.resolve(name);
    try {
      Files.move(ready, target, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      if (Files.exists(target, LinkOption.NOFOLLOW_LINKS)) {
        throw taken(name, e);
      }
      throw e;
    }
    flush(images);
  }

  private ImageManifest manifest(String name) {
    ImageName.check(name);
    try {
      return read(name);
    } catch (IOException e) {
      if (!Files.isDirectory(images.resolve(name), LinkOption.NOFOLLOW_LINKS)) {
        throw notFound(name);
      }
      throw new BangerException(
          ErrorKind.HOST,
          "image %s cannot be read: %s".formatted(name, reason(e)),
          "banger image delete %s, then import it again".formatted(name),
          List.of(),
          e);
    }
  }

  private ImageManifest read(String name) throws IOException {
    Path dir = images.resolve(name);
    ImageManifest manifest = ImageManifest.read(dir.resolve(ImageManifest.FILE));
    if (!manifest.name().equals(name)) {
      throw new IOException(
          "%s says that it is image %s".formatted(ImageManifest.FILE, manifest.name()));
    }
    for (String file : List.of(KERNEL, INITRD, ROOTFS)) {
      if (!Files.isRegularFile(dir.resolve(file), LinkOption.NOFOLLOW_LINKS)) {
        throw new IOException(file + " is missing");
      }
    }
    return manifest;
  }

  private Image toImage(ImageManifest manifest) {
    Path dir = images.resolve(manifest.name());
    return new Image(
        manifest.name(),
        dir,
        dir.resolve(KERNEL),
        dir.resolve(INITRD),
        dir.resolve(ROOTFS),
        manifest.kernelVersion(),
        manifest.diskMiB(),
        manifest.description(),
        manifest.createdAt());
  }

  private List<String> names() {
    try (Stream<Path> entries = Files.list(images)) {
      return entries
          .map(entry -> entry.getFileName().toString())
          .filter(ImageName::isValid)
          .sorted(Comparator.naturalOrder())
          .toList();
    } catch (NoSuchFileException e) {
      return List.of();
    } catch (IOException e) {
      throw failed("cannot list the images under " + images, e);
    }
  }

  private long allocatedMiB(Path dir) throws InterruptedException {
    String said =
        commands
            .check(Commands.Call.of(MEASURE_LIMIT, "du", "-s", "--block-size=1M", dir.toString()))
            .stdout();
    try {
      return Long.parseLong(said.split("\\s", 2)[0]);
    } catch (NumberFormatException e) {
      throw new BangerException(
          ErrorKind.HOST, "du did not say how large " + dir + " is", "", List.of(said), e);
    }
  }

  private static void flush(Path path) throws IOException {
    try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }

  private String token() {
    byte[] bytes = new byte[6];
    random.nextBytes(bytes);
    return HexFormat.of().formatHex(bytes);
  }

  private BangerException notFound(String name) {
    List<String> known = names();
    return new BangerException(
        ErrorKind.NOT_FOUND,
        known.isEmpty()
            ? "there is no image %s, nor any other".formatted(name)
            : "there is no image %s; known: %s".formatted(name, String.join(", ", known)),
        "banger image import debian, or banger image import tiny");
  }

  private static BangerException taken(String name, IOException cause) {
    return new BangerException(
        ErrorKind.CONFLICT,
        "there is already an image " + name,
        "choose another with --name, or banger image delete " + name,
        List.of(),
        cause);
  }

  private static BangerException failed(String what, IOException e) {
    return new BangerException(ErrorKind.HOST, what + ": " + reason(e), "", List.of(), e);
  }

  private static String reason(IOException e) {
    return switch (e) {
      case NoSuchFileException missing -> missing.getFile() + " is missing";
      default -> e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
    };
  }

  /**
   * @param broken images whose directory is there but cannot be used
   */
  public record Listing(List<Image> images, List<BrokenImage> broken) {
    public Listing {
      images = List.copyOf(images);
      broken = List.copyOf(broken);
    }
  }

  public record BrokenImage(String name, String reason) {}
}
