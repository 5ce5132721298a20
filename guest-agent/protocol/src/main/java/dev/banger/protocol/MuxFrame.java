package dev.banger.protocol;

/**
 * Header of a multiplexer frame, 12 bytes, big endian: {@code version (1) | type (1) | flags (2) |
 * stream (4) | length (4)}. The layout is that of yamux; the version is 1, because zero bytes
 * between frames are padding (see {@link LinkSync}).
 *
 * @param length of the payload for DATA; the bytes granted for WINDOW; the value for PING; the
 *     reason for GO_AWAY
 */
record MuxFrame(int type, int flags, int stream, int length) {
  static final int HEADER = 12;
  static final int VERSION = 1;

  static final int DATA = 0;
  static final int WINDOW = 1;
  static final int PING = 2;
  static final int GO_AWAY = 3;

  static final int SYN = 1;
  static final int ACK = 2;
  static final int FIN = 4;
  static final int RST = 8;
  private static final int ALL_FLAGS = SYN | ACK | FIN | RST;

  static void encode(byte[] to, int type, int flags, int stream, int length) {
    to[0] = VERSION;
    to[1] = (byte) type;
    to[2] = (byte) (flags >> 8);
    to[3] = (byte) flags;
    putInt(to, 4, stream);
    putInt(to, 8, length);
  }

  /** Checks what can be checked without knowing the streams. */
  static MuxFrame decode(byte[] header) throws ProtocolException {
    if (header[0] != VERSION) {
      throw new ProtocolException("frame of version " + (header[0] & 0xff) + ", expected 1");
    }
    int type = header[1] & 0xff;
    int flags = (header[2] & 0xff) << 8 | (header[3] & 0xff);
    int stream = getInt(header, 4);
    int length = getInt(header, 8);
    if (type > GO_AWAY || (flags & ~ALL_FLAGS) != 0) {
      throw new ProtocolException("frame of type " + type + " with flags " + flags);
    }
    boolean ofStream = type == DATA || type == WINDOW;
    if (ofStream != (stream > 0)) {
      throw new ProtocolException("frame of type " + type + " on stream " + stream);
    }
    if (type == DATA && (length < 0 || length > Protocol.MAX_FRAME)) {
      throw new ProtocolException(
          "frame of " + Integer.toUnsignedString(length) + " bytes, at most 65536 allowed");
    }
    if (type == WINDOW && (length < 0 || length > Protocol.INITIAL_WINDOW)) {
      throw new ProtocolException("grant of " + Integer.toUnsignedString(length) + " bytes");
    }
    return new MuxFrame(type, flags, stream, length);
  }

  boolean has(int flag) {
    return (flags & flag) != 0;
  }

  private static void putInt(byte[] to, int at, int value) {
    to[at] = (byte) (value >> 24);
    to[at + 1] = (byte) (value >> 16);
    to[at + 2] = (byte) (value >> 8);
    to[at + 3] = (byte) value;
  }

  private static int getInt(byte[] from, int at) {
    return (from[at] & 0xff) << 24
        | (from[at + 1] & 0xff) << 16
        | (from[at + 2] & 0xff) << 8
        | (from[at + 3] & 0xff);
  }
}
