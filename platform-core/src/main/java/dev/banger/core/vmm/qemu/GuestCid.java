package dev.banger.core.vmm.qemu;

import dev.banger.core.model.VmId;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.List;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Addresses of guests in the vsock family. Every guest of a host needs one of its own. */
final class GuestCid {
  /** 0 to 2 are the hypervisor, loopback and the host. */
  static final long LOWEST = 3;

  /** 2^32-1 means any. */
  static final long HIGHEST = 0xffff_fffeL;

  /**
   * Addresses are scattered over their whole range, so even the second try of a host with thousands
   * of guests rarely fails.
   */
  static final int TRIES = 8;

  private static final Pattern OPTION =
      Pattern.compile("vhost-vsock-device,(?:.*,)?guest-cid=([0-9]{1,10})(?:,.*)?");

  private GuestCid() {}

  /**
   * @param attempt from 0 on; each has an address of its own
   */
  static long of(VmId id, int attempt) {
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256")
              .digest("%s/%d".formatted(id, attempt).getBytes(StandardCharsets.US_ASCII));
      return LOWEST
          + Long.remainderUnsigned(ByteBuffer.wrap(digest).getLong(), HIGHEST - LOWEST + 1);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  /** The one in a QEMU's arguments; empty when its agent is reached in another way. */
  static OptionalLong in(List<String> argv) {
    for (int i = 0; i + 1 < argv.size(); i++) {
      Matcher option = OPTION.matcher(argv.get(i + 1));
      if (argv.get(i).equals("-device") && option.matches()) {
        long cid = Long.parseLong(option.group(1));
        return cid >= LOWEST && cid <= HIGHEST ? OptionalLong.of(cid) : OptionalLong.empty();
      }
    }
    return OptionalLong.empty();
  }
}
