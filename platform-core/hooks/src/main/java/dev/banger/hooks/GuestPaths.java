package dev.banger.hooks;

/** Paths inside a guest. */
final class GuestPaths {
  private static final int LONGEST = 1024;

  private GuestPaths() {}

  /** Absolute, below the root, no empty, {@code .} or {@code ..} parts, no control characters. */
  static boolean isClean(String path) {
    if (path == null || !path.startsWith("/") || path.length() > LONGEST) {
      return false;
    }
    for (String part : path.substring(1).split("/", -1)) {
      if (part.isEmpty() || part.equals(".") || part.equals("..")) {
        return false;
      }
    }
    return path.chars().noneMatch(Character::isISOControl);
  }
}
