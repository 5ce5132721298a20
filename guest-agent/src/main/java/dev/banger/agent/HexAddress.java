package dev.banger.agent;

/** Addresses as {@code /proc/net/tcp} has them: words of 32 bits, the lowest byte first. */
final class HexAddress {
  private static final int GROUPS = 8;

  private HexAddress() {}

  /**
   * @param hex 8 digits for IPv4, 32 for IPv6
   * @return as people write it, an IPv4 address inside an IPv6 one as IPv4; null when it is none
   */
  static String text(String hex) {
    int words = hex.length() / 8;
    if (hex.length() % 8 != 0 || (words != 1 && words != 4)) {
      return null;
    }
    int[] bytes = new int[4 * words];
    for (int i = 0; i < bytes.length; i++) {
      int word = i / 4;
      int at = 8 * word + 2 * (3 - i % 4);
      int high = Character.digit(hex.charAt(at), 16);
      int low = Character.digit(hex.charAt(at + 1), 16);
      if (high < 0 || low < 0) {
        return null;
      }
      bytes[i] = high << 4 | low;
    }
    if (words == 1) {
      return dotted(bytes, 0);
    }
    return isMapped(bytes) ? dotted(bytes, 12) : colons(bytes);
  }

  private static boolean isMapped(int[] bytes) {
    for (int i = 0; i < 10; i++) {
      if (bytes[i] != 0) {
        return false;
      }
    }
    return bytes[10] == 0xff && bytes[11] == 0xff;
  }

  private static String dotted(int[] bytes, int at) {
    return bytes[at] + "." + bytes[at + 1] + "." + bytes[at + 2] + "." + bytes[at + 3];
  }

  /** The longest run of zero groups, of two or more, is left out. */
  private static String colons(int[] bytes) {
    int[] groups = new int[GROUPS];
    for (int i = 0; i < GROUPS; i++) {
      groups[i] = bytes[2 * i] << 8 | bytes[2 * i + 1];
    }
    int gap = -1;
    int length = 1;
    for (int i = 0; i < GROUPS; i++) {
      int run = 0;
      while (i + run < GROUPS && groups[i + run] == 0) {
        run++;
      }
      if (run > length) {
        gap = i;
        length = run;
      }
    }
    StringBuilder text = new StringBuilder();
    int i = 0;
    while (i < GROUPS) {
      if (i == gap) {
        text.append("::");
        i += length;
        continue;
      }
      if (!text.isEmpty() && text.charAt(text.length() - 1) != ':') {
        text.append(':');
      }
      text.append(Integer.toHexString(groups[i]));
      i++;
    }
    return text.toString();
  }
}
