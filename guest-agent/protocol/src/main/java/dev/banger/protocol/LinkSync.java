package dev.banger.protocol;

import java.io.EOFException;
import java.io.IOException;

/**
 * Finds the start of a session on a link that has none. A virtio-serial port has no connections:
 * bytes of an earlier session may be under way in both directions, the last frame of which may be
 * cut short.
 *
 * <p>The host sends {@code host magic (16) | nonce (16)}; the agent answers {@code agent magic (16)
 * | nonce (16)}; then frames follow. Each side discards everything before. The nonce tells this
 * answer from one to an earlier host.
 */
final class LinkSync {
  static final int NONCE = 16;
  static final int LENGTH = 32;

  /** How both magics begin, and no frame and no padding does; occurs in them only once. */
  static final int FIRST_BYTE = 0xb5;

  private static final byte[] HOST_MAGIC = magic("banger-host\r\n\u001a\u0001");
  private static final byte[] AGENT_MAGIC = magic("banger-guest\r\n\u001a");

  private LinkSync() {}

  static byte[] request(byte[] nonce) {
    return join(HOST_MAGIC, nonce);
  }

  static byte[] answer(byte[] nonce) {
    return join(AGENT_MAGIC, nonce);
  }

  /** The nonce of the next request. */
  static byte[] awaitRequest(LinkInput in) throws IOException {
    return await(in, HOST_MAGIC);
  }

  /** The nonce of the next answer. */
  static byte[] awaitAnswer(LinkInput in) throws IOException {
    return await(in, AGENT_MAGIC);
  }

  private static byte[] await(LinkInput in, byte[] magic) throws IOException {
    int matched = 0;
    while (matched < magic.length) {
      if (matched == 0) {
        in.skipZeros();
      }
      int next = in.read();
      if (next < 0) {
        throw new EOFException("the link ended before it was in step");
      }
      if (next == (magic[matched] & 0xff)) {
        matched++;
      } else {
        matched = next == FIRST_BYTE ? 1 : 0;
      }
    }
    byte[] nonce = new byte[NONCE];
    in.readFully(nonce, NONCE);
    return nonce;
  }

  private static byte[] join(byte[] magic, byte[] nonce) {
    byte[] all = new byte[LENGTH];
    System.arraycopy(magic, 0, all, 0, magic.length);
    System.arraycopy(nonce, 0, all, magic.length, NONCE);
    return all;
  }

  private static byte[] magic(String tail) {
    byte[] magic = new byte[LENGTH - NONCE];
    magic[0] = (byte) FIRST_BYTE;
    for (int i = 0; i < tail.length(); i++) {
      magic[i + 1] = (byte) tail.charAt(i);
    }
    return magic;
  }
}
