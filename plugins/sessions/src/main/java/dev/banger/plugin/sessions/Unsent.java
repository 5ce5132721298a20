package dev.banger.plugin.sessions;

/**
 * The end of what was sent to a session, kept so that what a broken link has swallowed can be sent
 * again. Positions count the bytes of the session's whole input.
 */
final class Unsent {
  /** More than a link has under way: 256 KiB of window and what both ends buffer. */
  private static final int KEPT = 1 << 20;

  /** Made with the first byte: most only look. */
  private byte[] ring;

  private final long first;
  private long sent;

  /**
   * @param taken how much the session had taken before
   */
  Unsent(long taken) {
    this.first = taken;
    this.sent = taken;
  }

  void add(byte[] bytes, int length) {
    if (ring == null && length > 0) {
      ring = new byte[KEPT];
    }
    for (int i = 0; i < length; i++) {
      ring[(int) (sent++ % KEPT)] = bytes[i];
    }
  }

  /** What was sent after the session had taken that much. */
  byte[] after(long taken) {
    long from = Math.clamp(taken, Math.max(first, sent - KEPT), sent);
    byte[] rest = new byte[(int) (sent - from)];
    for (int i = 0; i < rest.length; i++) {
      rest[i] = ring[(int) ((from + i) % KEPT)];
    }
    return rest;
  }
}
