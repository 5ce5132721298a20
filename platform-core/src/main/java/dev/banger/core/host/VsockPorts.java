package dev.banger.core.host;

import dev.banger.protocol.Vsock;
import java.io.IOException;

/** What this user may do with vsocks. */
public final class VsockPorts {
  private VsockPorts() {}

  /** Whether this host has them, and this process may connect from a port that is kept for root. */
  public static boolean mayUseReserved() {
    try {
      Vsock.close(Vsock.bindReserved());
      return true;
    } catch (IOException e) {
      return false;
    }
  }
}
