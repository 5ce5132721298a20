package dev.banger.core.rpc;

import java.io.IOException;
import java.nio.channels.SocketChannel;
import java.nio.file.attribute.UserPrincipal;

/** Where clients come in by. One thread accepts; any may close. */
public interface Listener extends AutoCloseable {
  /**
   * Waits for the next client.
   *
   * @throws java.nio.channels.AsynchronousCloseException when this is closed, before or meanwhile
   */
  SocketChannel accept() throws IOException;

  /** The user whose daemon this is: besides root, only he gets in. */
  UserPrincipal owner();

  /** Lets nobody in any more. */
  @Override
  void close() throws IOException;
}
