package dev.banger.core.model;

import java.security.SecureRandom;
import java.util.HexFormat;

/**
 * Identity of a VM for its whole life: 12 lower-case hexadecimal digits.
 *
 * <p>Short on purpose: it is part of Unix socket paths, which the kernel limits to 107 bytes.
 */
public record VmId(String value) implements Comparable<VmId> {
  private static final int LENGTH = 12;
  private static final SecureRandom RANDOM = new SecureRandom();

  public VmId {
    if (!isValid(value)) {
      throw new IllegalArgumentException("not a VM id: " + value);
    }
  }

  public static boolean isValid(String text) {
    if (text.length() != LENGTH) {
      return false;
    }
    // By hand: a list of a thousand VMs comes through here.
    for (int i = 0; i < LENGTH; i++) {
      char c = text.charAt(i);
      if ((c < '0' || c > '9') && (c < 'a' || c > 'f')) {
        return false;
      }
    }
    return true;
  }

  public static VmId random() {
    byte[] bytes = new byte[6];
    RANDOM.nextBytes(bytes);
    return new VmId(HexFormat.of().formatHex(bytes));
  }

  @Override
  public int compareTo(VmId other) {
    return value.compareTo(other.value);
  }

  @Override
  public String toString() {
    return value;
  }
}
