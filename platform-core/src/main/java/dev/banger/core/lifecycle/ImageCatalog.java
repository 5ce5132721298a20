package dev.banger.core.lifecycle;

import dev.banger.core.model.Image;
import java.util.List;

/** Registered images. */
public interface ImageCatalog {
  List<Image> list();

  /**
   * @throws dev.banger.core.model.BangerException of kind NOT_FOUND, with the known names and the
   *     command to import one
   */
  Image get(String name);
}
