package dev.banger.api;

/** Reading about images. Needs {@link Permission#IMAGE_READ}. */
public interface ImageAccess {
  /**
   * @throws CapabilityException of kind {@code NOT_FOUND}
   */
  ImageView image(String name);
}
