package dev.banger.plugin.sessions;

/**
 * Finds ctrl-p ctrl-q in what is typed. Ctrl-p alone is held back until the next key shows what it
 * was.
 */
final class Detach {
  private static final byte CTRL_P = 0x10;
  private static final byte CTRL_Q = 0x11;

  private boolean held;
  private boolean found;

  /**
   * Copies what is for the session to the beginning of {@code to}, which has room for one more than
   * {@code length}.
   *
   * @return how many bytes that is; what comes after the keys is not among them
   */
  int filter(byte[] typed, int length, byte[] to) {
    int count = 0;
    for (int i = 0; i < length && !found; i++) {
      byte key = typed[i];
      if (held && key == CTRL_Q) {
        found = true;
      } else {
        if (held) {
          to[count++] = CTRL_P;
        }
        held = key == CTRL_P;
        if (!held) {
          to[count++] = key;
        }
      }
    }
    return count;
  }

  boolean isFound() {
    return found;
  }
}
