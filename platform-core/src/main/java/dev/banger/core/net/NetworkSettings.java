package dev.banger.core.net;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * What was configured, and by which of perhaps several bangers on this host.
 *
 * @param mode {@code auto}, {@code bridge} or {@code user}
 * @param pool how many TAP devices are made ahead
 * @param state the daemon's state directory, of which there is one per banger
 * @param uid whom a VMM runs as
 */
record NetworkSettings(String mode, String bridge, Subnet subnet, int pool, Path state, int uid) {
  static final String ALIAS = "banger:";
  static final String BRIDGE_ALIAS = ALIAS + "bridge:";
  static final String POOL_ALIAS = ALIAS + "pool";
  static final String DEVICE = "bgr-";

  /** The kernel takes 255; the others must fit, too, into a line for people. */
  private static final int LONGEST_ALIAS_PATH = 200;

  /** Noted on the bridge. Names the owner, so that another banger can say whose it is. */
  String bridgeAlias() {
    String path = state.toString();
    boolean plain = path.matches("[A-Za-z0-9/._-]+") && path.length() <= LONGEST_ALIAS_PATH;
    return BRIDGE_ALIAS + (plain ? path : digest());
  }

  /**
   * How names of devices in the pool begin: with a number that is this banger's, so that one which
   * was cut short while it was made is known by its name alone.
   */
  String poolPrefix() {
    return DEVICE + "p" + (10_000 + Long.parseLong(digest().substring(0, 8), 16) % 90_000);
  }

  private String digest() {
    try {
      byte[] hash =
          MessageDigest.getInstance("SHA-256")
              .digest(state.toString().getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(hash, 0, 8);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }
}
