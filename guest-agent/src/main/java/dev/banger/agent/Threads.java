package dev.banger.agent;

/**
 * Threads of the agent: platform threads, cheaper to start with here than a scheduler of virtual
 * ones.
 */
final class Threads {
  private static final long STACK = 192L * 1024;

  private Threads() {}

  static Thread start(String name, Runnable task) {
    Thread thread = of(name, task);
    thread.start();
    return thread;
  }

  /** One that is not started yet. */
  static Thread of(String name, Runnable task) {
    Thread thread = new Thread(null, task, name, STACK, false);
    thread.setDaemon(true);
    return thread;
  }
}
