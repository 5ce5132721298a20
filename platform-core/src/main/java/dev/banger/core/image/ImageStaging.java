package dev.banger.core.image;

import java.io.IOException;
import java.nio.file.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A private directory in which an image is made. Closing it removes it, unless it was published.
 */
final class ImageStaging implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(ImageStaging.class);

  private final Path dir;
  private final TreeRemover remover;

  ImageStaging(Path dir, TreeRemover remover) {
    this.dir = dir;
    this.remover = remover;
  }

  /** What becomes the image: put kernel, initrd.img and rootfs.img here. */
  Path image() {
    return dir.resolve("image");
  }

  /** For anything else; removed in any case. */
  Path scratch() {
    return dir.resolve("scratch");
  }

  Path kernel() {
    return image().resolve(ImageRegistry.KERNEL);
  }

  Path initrd() {
    return image().resolve(ImageRegistry.INITRD);
  }

  Path rootfs() {
    return image().resolve(ImageRegistry.ROOTFS);
  }

  @Override
  public void close() {
    try {
      remover.remove(dir);
    } catch (IOException e) {
      // The next start of the daemon sweeps it; failing here would hide why the import ended.
      LOG.warn("cannot remove {}", dir, e);
    }
  }
}
