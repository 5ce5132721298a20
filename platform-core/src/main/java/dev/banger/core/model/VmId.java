package dev.banger.core.model;

import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.regex.Pattern;

/**
 * Identity of a VM for its whole life: 12 lower-case hexadecimal digits.
 *
 * <p>Short on purpose: it is part of Unix socket paths, which the kernel limits to 107 bytes.
 */
public record VmId(String value) implements Comparable<VmId> {
  private static final Pattern SHAPE = Pattern.compile("[0-9a-f]{12}");
  private static final SecureRandom RANDOM = new SecureRandom();

  public VmId {
    if (!SHAPE.matcher(value).matches()) {
      throw new IllegalArgumentException("not a VM id: " + value);
    }
  }

  public static boolean isValid(String text) {
    return SHAPE.matcher(text).matches();
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
