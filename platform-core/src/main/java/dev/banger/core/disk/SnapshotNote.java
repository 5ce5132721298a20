package dev.banger.core.disk;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.banger.core.model.BangerException;
import dev.banger.core.model.ErrorKind;
import dev.banger.core.model.VmPaths;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * {@code root.json}: what a snapshot was made over. Changed chunks over another file system are
 * garbage, so the image's is known again by its size and the time of its last change.
 *
 * @param rootfs its real path, when the disk was made
 * @param baseBytes its size
 * @param baseModified when it was last written, in nanoseconds since 1970
 * @param sectors of the VM's disk, in 512 bytes; at least those of the image
 */
record SnapshotNote(Path rootfs, long baseBytes, long baseModified, long sectors) {
  static final int SECTOR = 512;
  private static final int FORMAT = 1;
  private static final int MAX_BYTES = 16 * 1024;
  private static final JsonFactory JSON = new JsonFactory();

  static SnapshotNote of(Path rootfs, long sectors) throws IOException {
    Path real = rootfs.toRealPath();
    return new SnapshotNote(real, Files.size(real), modified(real), sectors);
  }

  static Path file(VmPaths paths) {
    return paths.rootChanges().resolveSibling("root.json");
  }

  long baseSectors() {
    return baseBytes / SECTOR;
  }

  boolean grown() {
    return sectors > baseSectors();
  }

  /**
   * @throws BangerException of kind CONFLICT when {@code now} is not the file system it was made
   *     over
   */
  void insistOn(Path now, String image) throws IOException {
    if (!Files.exists(now)) {
      throw changed("the root file system %s of image %s is gone".formatted(now, image), image);
    }
    long bytes = Files.size(now);
    if (bytes != baseBytes) {
      throw changed(
          "image %s has changed since the VM's root disk was made over it: %d bytes, then %d"
              .formatted(image, baseBytes, bytes),
          image);
    }
    if (modified(now) != baseModified) {
      throw changed(
          "image %s has changed since the VM's root disk was made over it: written at %s"
              .formatted(image, Files.getLastModifiedTime(now)),
          image);
    }
  }

  private static BangerException changed(String sentence, String image) {
    return new BangerException(
        ErrorKind.CONFLICT,
        sentence,
        "put the former image %s back, or delete the VM".formatted(image));
  }

  private static long modified(Path file) throws IOException {
    return Files.getLastModifiedTime(file).to(TimeUnit.NANOSECONDS);
  }

  void write(Path file, FileAttribute<?>... attributes) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (JsonGenerator out = JSON.createGenerator(bytes)) {
      out.writeStartObject();
      out.writeNumberField("format", FORMAT);
      out.writeStringField("rootfs", rootfs.toString());
      out.writeNumberField("baseBytes", baseBytes);
      out.writeNumberField("baseModified", baseModified);
      out.writeNumberField("sectors", sectors);
      out.writeEndObject();
    }
    Files.createFile(file, attributes);
    Files.write(file, bytes.toByteArray());
  }

  /** Empty when it is not there or makes no sense. */
  static Optional<SnapshotNote> read(Path file) {
    byte[] content;
    try (InputStream in = Files.newInputStream(file, LinkOption.NOFOLLOW_LINKS)) {
      content = in.readNBytes(MAX_BYTES + 1);
    } catch (IOException e) {
      return Optional.empty();
    }
    long format = -1;
    String rootfs = "";
    long bytes = -1;
    long modified = Long.MIN_VALUE;
    long sectors = -1;
    try (JsonParser in = JSON.createParser(content)) {
      if (in.nextToken() != JsonToken.START_OBJECT) {
        return Optional.empty();
      }
      while (in.nextToken() == JsonToken.FIELD_NAME) {
        String field = in.currentName();
        in.nextToken();
        switch (field) {
          case "format" -> format = in.getValueAsLong(-1);
          case "rootfs" -> rootfs = in.getValueAsString("");
          case "baseBytes" -> bytes = in.getValueAsLong(-1);
          case "baseModified" -> modified = in.getValueAsLong(Long.MIN_VALUE);
          case "sectors" -> sectors = in.getValueAsLong(-1);
          default -> in.skipChildren();
        }
      }
    } catch (IOException e) {
      return Optional.empty();
    }
    if (format != FORMAT
        || !rootfs.startsWith("/")
        || rootfs.indexOf('\0') >= 0
        || bytes <= 0
        || modified == Long.MIN_VALUE
        || sectors < bytes / SECTOR) {
      return Optional.empty();
    }
    return Optional.of(new SnapshotNote(Path.of(rootfs), bytes, modified, sectors));
  }
}
