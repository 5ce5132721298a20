package dev.banger.api;

import java.util.Locale;

/** What a value on the command line is; decides how it is checked and completed. */
public enum ValueType {
  STRING,
  /** A whole number, 64 bits. */
  INTEGER,
  /** Present or not; options only. */
  FLAG,
  /** A reference to a VM. */
  VM,
  /** A path on the host, relative to the caller's directory. */
  PATH;

  /** As in the manifest. */
  public String wireName() {
    return name().toLowerCase(Locale.ROOT);
  }
}
