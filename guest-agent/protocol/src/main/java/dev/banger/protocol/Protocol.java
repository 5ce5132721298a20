package dev.banger.protocol;

/** Numbers both sides must agree on. */
public final class Protocol {
  /**
   * Generation of the protocol. It changes when an older peer would misunderstand; the host refuses
   * an agent of another generation.
   */
  public static final int GENERATION = 1;

  /** Bytes a stream's sender may send before the receiver grants more. */
  public static final int INITIAL_WINDOW = 256 * 1024;

  /** Largest payload of one multiplexer frame, in bytes. */
  public static final int MAX_FRAME = 64 * 1024;

  /**
   * What buffers of a link begin with, in bytes; they grow when more comes at once. Most links are
   * idle, and a daemon has one for each VM.
   */
  static final int FIRST_BUFFER = 4 * 1024;

  /** Largest encoded message, in bytes. */
  public static final int MAX_MESSAGE = 256 * 1024;

  /** Streams that may be open at once on a link. */
  public static final int MAX_STREAMS = 256;

  /** The port of the guest on which the agent listens, where the link is a vsock. */
  public static final int VSOCK_PORT = 1024;

  /** The port of the host to which the agent connects once it listens, to say so. */
  public static final int VSOCK_READY_PORT = 1025;

  private Protocol() {}
}
