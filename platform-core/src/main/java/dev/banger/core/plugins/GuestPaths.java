package dev.banger.core.plugins;

/** Paths inside a guest. */
final class GuestPaths {
  private static final int LONGEST = 1024;

  private GuestPaths() {}

  /** Absolute, no empty, {@code .} or {@code ..} components, no control characters. */
  static boolean isClean(String path) {
    if (path.equals("/")) {
      return true;
    }
    if (!path.startsWith("/") || path.length() > LONGEST) {
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
