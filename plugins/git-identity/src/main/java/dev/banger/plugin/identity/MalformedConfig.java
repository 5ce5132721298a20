package dev.banger.plugin.identity;

/** A file that git would refuse. */
final class MalformedConfig extends Exception {
  private static final long serialVersionUID = 1L;

  /**
   * @param line from 1
   */
  MalformedConfig(int line) {
    super("malformed at line " + line);
  }
}
