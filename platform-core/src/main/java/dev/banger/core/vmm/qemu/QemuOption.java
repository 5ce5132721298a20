package dev.banger.core.vmm.qemu;

import dev.banger.core.model.BangerException;
import dev.banger.core.model.ErrorKind;
import java.nio.file.Path;

/**
 * One {@code key=value,...} option of QEMU. A comma in a value is doubled, which is QEMU's own
 * escape; characters that no path or name needs are refused.
 */
final class QemuOption {
  private final StringBuilder text;

  private QemuOption(String head) {
    text = new StringBuilder(head);
  }

  static QemuOption of(String head) {
    return new QemuOption(head);
  }

  QemuOption with(String key, String value) {
    text.append(',').append(key).append('=').append(escaped(key, value));
    return this;
  }

  QemuOption with(String key, Path value) {
    return with(key, plain(key, value));
  }

  QemuOption with(String key, boolean value) {
    return with(key, value ? "on" : "off");
  }

  QemuOption with(String key, long value) {
    return with(key, Long.toString(value));
  }

  /** An absolute path as an argument of its own, where commas mean nothing. */
  static String plain(String what, Path path) {
    String text = clean(what, path.toString());
    if (!path.isAbsolute()) {
      throw new BangerException(
          ErrorKind.INVALID, "%s: %s is not an absolute path".formatted(what, path));
    }
    return text;
  }

  static String escaped(String what, String value) {
    return clean(what, value).replace(",", ",,");
  }

  static String clean(String what, String value) {
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      if (Character.isISOControl(c)) {
        throw new BangerException(
            ErrorKind.INVALID,
            "%s: character %d is a control character (U+%04X), which QEMU cannot be given"
                .formatted(what, i + 1, (int) c));
      }
    }
    return value;
  }

  @Override
  public String toString() {
    return text.toString();
  }
}
