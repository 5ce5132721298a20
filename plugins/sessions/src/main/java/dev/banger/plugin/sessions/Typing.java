package dev.banger.plugin.sessions;

/** What is typed or piped here, on its way to a session. */
interface Typing {
  /**
   * Reads until there is no more.
   *
   * @param isSent whether it goes to the session; else only the keys to leave by count
   * @return whether whoever typed wants to leave
   */
  boolean run(boolean isSent);

  /** Output as it is to be shown here. */
  byte[] shown(byte[] output);
}
