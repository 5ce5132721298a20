package dev.banger.cli.base;

/**
 * What Ctrl-C does to an operation in the daemon.
 *
 * <p>Where the operation can be taken back, the first one asks the daemon to cancel it, and the
 * second leaves at once. Elsewhere the first one leaves: the operation goes on without its client.
 */
public final class Interruption implements Runnable {
  /** Does what was decided. */
  public interface Actions {
    /** The operation's id, or empty while unknown. */
    String operation();

    /** Asks the daemon to cancel it, over another connection. */
    void cancel(String operation);

    /** Ends this client's wait. */
    void leave();
  }

  private final Actions actions;
  private final boolean isCancellable;
  private int count;
  private boolean hasLeft;

  public Interruption(boolean isCancellable, Actions actions) {
    this.isCancellable = isCancellable;
    this.actions = actions;
  }

  @Override
  public void run() {
    String toCancel = "";
    synchronized (this) {
      count++;
      if (isCancellable && count == 1) {
        toCancel = actions.operation();
      }
      hasLeft = toCancel.isEmpty();
    }
    if (toCancel.isEmpty()) {
      actions.leave();
    } else {
      actions.cancel(toCancel);
    }
  }

  /** Whether Ctrl-C was typed at all. */
  public synchronized boolean happened() {
    return count > 0;
  }

  /** Whether this client stopped waiting. */
  public synchronized boolean hasLeft() {
    return hasLeft;
  }
}
