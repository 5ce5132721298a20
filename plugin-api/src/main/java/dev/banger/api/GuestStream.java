package dev.banger.api;

import java.io.InputStream;
import java.io.OutputStream;

/** A connection into a guest: two directions that end independently. */
public interface GuestStream extends AutoCloseable {
  /** Ends when the guest's side has sent all. */
  InputStream in();

  /** Closing it tells the guest's side that nothing more comes. */
  OutputStream out();

  /** Ends both directions; may be repeated. */
  @Override
  void close();
}
