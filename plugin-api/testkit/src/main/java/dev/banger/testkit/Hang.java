package dev.banger.testkit;

import java.util.concurrent.CountDownLatch;

/**
 * A host that stops answering one thread: from its n-th call that can wait on, none ends unless it
 * is interrupted.
 */
final class Hang {
  static final Hang NEVER = new Hang(Integer.MAX_VALUE);

  private final int at;
  private final CountDownLatch never = new CountDownLatch(1);
  private int calls;
  private Thread victim;

  /**
   * @param at counted from 0
   */
  Hang(int at) {
    this.at = at;
  }

  void pass() throws InterruptedException {
    synchronized (this) {
      boolean first = victim == null && calls++ == at;
      if (first) {
        victim = Thread.currentThread();
      }
      if (victim != Thread.currentThread()) {
        return;
      }
    }
    never.await();
  }

  /** How many calls there were. */
  synchronized int calls() {
    return calls;
  }

  /** Who hung, if anybody did. */
  synchronized boolean happened() {
    return victim != null;
  }

  /** Lets go of whoever still waits. */
  void end() {
    never.countDown();
  }
}
