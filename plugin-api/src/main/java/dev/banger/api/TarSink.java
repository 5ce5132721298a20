package dev.banger.api;

import java.io.InputStream;

/** Reads a tar stream that a guest made: nothing in it is to be trusted. */
@FunctionalInterface
public interface TarSink {
  /**
   * @param tar closed by the caller; what is not read is discarded
   */
  void readFrom(InputStream tar) throws Exception;
}
