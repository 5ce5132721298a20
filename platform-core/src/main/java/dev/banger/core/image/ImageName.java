package dev.banger.core.image;

import dev.banger.core.model.BangerException;
import dev.banger.core.model.ErrorKind;
import java.util.regex.Pattern;

/** Image names: like DNS labels, 1 to 63 of a-z, 0-9 and inner hyphens. */
final class ImageName {
  private static final Pattern SHAPE = Pattern.compile("[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?");

  private ImageName() {}

  static boolean isValid(String name) {
    return SHAPE.matcher(name).matches();
  }

  static String check(String name) {
    if (!isValid(name)) {
      String shown = name.length() > 80 ? name.substring(0, 80) + "..." : name;
      throw new BangerException(
          ErrorKind.INVALID,
          "\"%s\" is not an image name".formatted(shown.replaceAll("\\p{Cntrl}", "?")),
          "use 1 to 63 of a-z, 0-9 and hyphens, not at either end; for example debian-13");
    }
    return name;
  }
}
