package dev.banger.core.disk;

import dev.banger.core.model.Image;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.attribute.BasicFileAttributes;

/** What an image's root file system looked like, to notice that it is not what it was. */
record ImageFile(Image image, long size, Object written) {
  private static final long MIB = 1L << 20;

  /** Refuses one that is shorter than its image says: a guest's file system would lack its end. */
  static ImageFile of(Image image) throws IOException {
    BasicFileAttributes now = Files.readAttributes(image.rootfs(), BasicFileAttributes.class);
    if (now.size() < image.diskMiB() * MIB) {
      throw new IOException(
          "the image's %s has %d bytes, less than the %d MiB it should have"
              .formatted(image.rootfs(), now.size(), image.diskMiB()));
    }
    return new ImageFile(image, now.size(), now.lastModifiedTime());
  }

  void insistOnUnchanged() throws IOException {
    if (!equals(of(image))) {
      throw new IOException("the image's %s changed meanwhile".formatted(image.rootfs()));
    }
  }
}
