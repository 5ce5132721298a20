package dev.banger.agent;

import java.util.concurrent.atomic.AtomicInteger;

/** Writes to standard error, a bounded number of lines: the log lies in the guest's memory. */
final class Log {
  private static final int MAX_LINES = 2_000;
  private static final int MAX_LENGTH = 500;
  private static final AtomicInteger LINES = new AtomicInteger();

  private Log() {}

  static void line(String text) {
    if (LINES.incrementAndGet() <= MAX_LINES) {
      System.err.println(text.length() > MAX_LENGTH ? text.substring(0, MAX_LENGTH) : text);
    }
  }

  static void defect(String what, Throwable cause) {
    line(what + ": " + cause);
    StackTraceElement[] trace = cause.getStackTrace();
    for (int i = 0; i < Math.min(trace.length, 8); i++) {
      line("  at " + trace[i]);
    }
  }
}
