package dev.banger.core.guest;

import dev.banger.protocol.Mux;
import java.io.IOException;
import java.time.Duration;

/**
 * Ends a link whose other end has fallen silent: the VMM keeps the socket open when the agent dies.
 */
final class KeepAlive {
  private static final Duration PAUSE = Duration.ofSeconds(15);
  private static final Duration PATIENCE = Duration.ofSeconds(45);

  private KeepAlive() {}

  static void watch(Mux mux) {
    Thread watcher = Thread.ofVirtual().name("link-keep-alive").unstarted(() -> run(mux));
    mux.onEnd(watcher::interrupt);
    watcher.start();
  }

  private static void run(Mux mux) {
    try {
      while (mux.isOpen()) {
        Thread.sleep(PAUSE);
        mux.ping(PATIENCE.toNanos());
      }
    } catch (IOException e) {
      mux.close();
    } catch (InterruptedException e) {
      // The link has ended.
    }
  }
}
