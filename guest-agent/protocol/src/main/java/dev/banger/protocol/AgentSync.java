package dev.banger.protocol;

import java.io.IOException;
import java.io.OutputStream;

/** The agent's half of {@link LinkSync}. */
public final class AgentSync {
  private AgentSync() {}

  /**
   * Discards bytes until the host asks for a session, and answers. Nothing else may write to {@code
   * out} meanwhile.
   *
   * @throws java.io.EOFException when the input ended first; on a virtio-serial port, try again
   *     later
   */
  public static void await(LinkInput in, OutputStream out) throws IOException {
    byte[] nonce = LinkSync.awaitRequest(in);
    out.write(LinkSync.answer(nonce));
    out.flush();
  }

  /**
   * Says that this agent has just started. A host that still talks to an earlier one, which died
   * without a word, takes it for the end of that session; any other discards it.
   */
  public static void announce(OutputStream out) throws IOException {
    out.write(LinkSync.answer(new byte[LinkSync.NONCE]));
    out.flush();
  }
}
