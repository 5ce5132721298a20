package dev.banger.core.vmm.firecracker;

import java.io.IOException;
import java.nio.channels.Channel;
import java.time.Duration;

/**
 * Closes a channel when its time is over, which ends whatever blocks on it. Closing the limit in
 * time calls that off.
 */
final class TimeLimit implements AutoCloseable {
  private final Channel channel;
  private final Thread timer;
  private boolean off;
  private boolean passed;

  private TimeLimit(Channel channel, Duration duration) {
    this.channel = channel;
    this.timer = Thread.ofVirtual().name("time-limit").unstarted(() -> run(duration));
  }

  static TimeLimit on(Channel channel, Duration duration) {
    TimeLimit limit = new TimeLimit(channel, duration);
    limit.timer.start();
    return limit;
  }

  private void run(Duration duration) {
    try {
      Thread.sleep(duration);
    } catch (InterruptedException e) {
      return; // called off
    }
    synchronized (this) {
      if (off) {
        return;
      }
      passed = true;
    }
    try {
      channel.close();
    } catch (IOException e) {
      // Whoever used it sees that it is of no use.
    }
  }

  /** Whether it has closed the channel. */
  synchronized boolean passed() {
    return passed;
  }

  @Override
  public void close() {
    synchronized (this) {
      off = true;
    }
    timer.interrupt();
  }
}
