package dev.banger.api;

/** What a value on the command line is; decides how it is checked and completed. */
public enum ValueType {
  TEXT("text"),
  /** A whole number, 64 bits. */
  INTEGER("int"),
  /** Present or not; options only. */
  FLAG("bool"),
  /** A reference to a VM. */
  VM("vm"),
  /** A path on the host, relative to the caller's directory. */
  PATH("path"),
  /** The words after {@code --}, of a command to be run; the last argument only, always many. */
  COMMAND("command");

  private final String wireName;

  ValueType(String wireName) {
    this.wireName = wireName;
  }

  /** As in the manifest. */
  public String wireName() {
    return wireName;
  }
}
