package dev.banger.core.boot;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.logging.ConsoleHandler;
import java.util.logging.Formatter;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

/** The daemon's log: one line a record on standard error, a stack trace only for defects. */
final class Logs {
  private Logs() {}

  static void configure() {
    Logger root = Logger.getLogger("");
    for (Handler handler : root.getHandlers()) {
      root.removeHandler(handler);
    }
    ConsoleHandler console = new ConsoleHandler();
    console.setFormatter(new OneLine());
    root.addHandler(console);
  }

  private static final class OneLine extends Formatter {
    @Override
    public String format(LogRecord record) {
      StringWriter text = new StringWriter();
      text.append(Instant.now().truncatedTo(ChronoUnit.MILLIS).toString())
          .append(' ')
          .append(record.getLevel().getName())
          .append(' ')
          .append(formatMessage(record))
          .append('\n');
      if (record.getThrown() != null) {
        record.getThrown().printStackTrace(new PrintWriter(text, true));
      }
      return text.toString();
    }
  }
}
