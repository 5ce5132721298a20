package dev.banger.core.store;

import java.util.regex.Pattern;

/**
 * The loopback addresses of VMs, numbered: 127.77.0.0/16 without addresses ending in .0 and .255,
 * which some software takes for networks and broadcasts, and without 127.77.0.1.
 */
final class Addresses {
  private static final int PER_BLOCK = 254;
  private static final int BLOCKS = 256;
  private static final Pattern SHAPE = Pattern.compile("127\\.77\\.\\d{1,3}\\.\\d{1,3}");

  /** Number 0 would be 127.77.0.1. */
  static final Pool POOL = new Pool(1, (long) BLOCKS * PER_BLOCK - 1);

  private Addresses() {}

  static String of(long number) {
    return "127.77.%d.%d".formatted(number / PER_BLOCK, number % PER_BLOCK + 1);
  }

  static boolean isValid(String address) {
    return SHAPE.matcher(address).matches();
  }
}
