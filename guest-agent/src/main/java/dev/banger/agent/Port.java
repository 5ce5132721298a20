package dev.banger.agent;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/** What the host is at the other end of. An end of file only says that nobody is there now. */
interface Port {
  InputStream in();

  OutputStream out();

  /** Waits after an end of file before reading is worth another try. */
  void awaitPeer() throws IOException, InterruptedException;
}
