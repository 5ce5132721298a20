package dev.banger.cli.command;

/**
 * What Ctrl-C does to a command in a guest that has no terminal of its own: the first one goes to
 * the command, as it would if it ran here; a second one soon after leaves it and the guest hangs it
 * up.
 */
final class ExecInterrupt implements Attachment.Interrupt {
  /** How soon a second one means "leave", in nanoseconds. */
  static final long SOON = 2_000_000_000L;

  /** Tells the time in nanoseconds. */
  interface Clock {
    long nanos();
  }

  private final Clock clock;
  private final Runnable forward;
  private final Runnable leave;
  private boolean isFirst = true;
  private long last;
  private boolean hasLeft;

  ExecInterrupt(Clock clock, Runnable forward, Runnable leave) {
    this.clock = clock;
    this.forward = forward;
    this.leave = leave;
  }

  @Override
  public void run() {
    boolean leaving;
    synchronized (this) {
      long now = clock.nanos();
      leaving = !isFirst && now - last <= SOON;
      isFirst = false;
      last = now;
      hasLeft |= leaving;
    }
    if (leaving) {
      leave.run();
    } else {
      forward.run();
    }
  }

  @Override
  public synchronized boolean hasLeft() {
    return hasLeft;
  }
}
