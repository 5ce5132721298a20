package dev.banger.api;

import java.util.Objects;

/**
 * A file or directory for a guest, owned by root.
 *
 * @param path absolute, without {@code .} or {@code ..} components
 * @param mode permission bits, for example 0600
 * @param content at most 1 MiB; null for a directory. Not copied, and never shown in logs.
 */
public record GuestFile(String path, int mode, byte[] content) {
  public static GuestFile file(String path, int mode, byte[] content) {
    return new GuestFile(path, mode, Objects.requireNonNull(content));
  }

  public static GuestFile directory(String path, int mode) {
    return new GuestFile(path, mode, null);
  }

  public boolean isDirectory() {
    return content == null;
  }

  @Override
  public String toString() {
    return "%s (mode %o, %s)"
        .formatted(path, mode, isDirectory() ? "directory" : content.length + " bytes");
  }
}
