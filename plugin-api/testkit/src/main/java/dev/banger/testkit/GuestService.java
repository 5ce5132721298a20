package dev.banger.testkit;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/** What listens on a port inside a fake guest. */
@FunctionalInterface
public interface GuestService {
  /** One connection, on a thread of its own; it ends when this returns. */
  void serve(InputStream in, OutputStream out) throws IOException;
}
