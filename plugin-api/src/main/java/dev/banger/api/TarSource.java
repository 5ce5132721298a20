package dev.banger.api;

import java.io.OutputStream;

/**
 * Produces a tar archive: ustar, long names in the GNU way. Guests need not understand pax headers:
 * BusyBox skips them, and long names with them.
 */
@FunctionalInterface
public interface TarSource {
  /**
   * Writes the whole archive with its end marker. Called once.
   *
   * @param out blocks while the receiver is busy; throws {@link java.io.IOException} when it is
   *     gone. Need not be closed.
   */
  void writeTo(OutputStream out) throws Exception;
}
