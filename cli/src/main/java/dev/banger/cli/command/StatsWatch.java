package dev.banger.cli.command;

import dev.banger.cli.base.Failure;
import dev.banger.cli.base.Invocation;
import dev.banger.cli.term.Signals;
import dev.banger.cli.term.Terminal;
import dev.banger.cli.term.Text;
import dev.banger.client.Json;
import dev.banger.client.RpcException;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Asks again and again. A terminal shows the newest answer in place of the one before, as much of
 * it as there is room for; elsewhere one follows the other. Nothing is to be put back afterwards.
 */
final class StatsWatch {
  private static final String CLEAR = "\u001b[2J";
  private static final String HOME = "\u001b[H";
  private static final String CLEAR_LINE = "\u001b[K";
  private static final String CLEAR_BELOW = "\u001b[J";

  private final Invocation call;
  private final Json params;
  private final long intervalMillis;
  private final boolean isRedrawn;
  private final CountDownLatch interrupted = new CountDownLatch(1);
  private volatile int[] size = {Integer.MAX_VALUE, Integer.MAX_VALUE};
  private boolean isFirst = true;

  StatsWatch(Invocation call, Json params, long intervalMillis) {
    this.call = call;
    this.params = params;
    this.intervalMillis = intervalMillis;
    this.isRedrawn = !call.isJson() && !call.isQuiet() && call.console().isOutputColorful();
  }

  /**
   * @return 130 after Ctrl-C; 141 when nobody reads our output any more
   * @throws Failure when the only VM that was asked for is not there
   */
  int run() throws InterruptedException {
    measure();
    // Connected before Ctrl-C is ours: a daemon that does not start must not keep people here.
    var client = call.client();
    try (Signals.Subscription ended =
            call.console()
                .signals()
                .on(
                    "INT",
                    () -> {
                      interrupted.countDown();
                      client.close();
                    });
        Signals.Subscription resized = call.console().signals().on("WINCH", this::measure)) {
      do {
        show(client.call("vm.stats", params).get("results"));
        // Flushes as well: an answer is seen when it comes.
        if (call.out().checkError()) {
          return Streams.OUTPUT_CLOSED;
        }
      } while (!interrupted.await(intervalMillis, TimeUnit.MILLISECONDS));
      return Failure.INTERRUPTED;
    } catch (RpcException e) {
      if (interrupted.getCount() == 0) {
        return Failure.INTERRUPTED;
      }
      throw Failure.of(e);
    }
  }

  private void measure() {
    // Without a terminal to ask, its size is anybody's guess.
    if (isRedrawn && call.console().inputTerminal()) {
      size = Terminal.size();
    }
  }

  private void show(Json results) {
    Failure single = Batch.singleFailure(call, results);
    if (single != null) {
      throw single;
    }
    if (call.isJson()) {
      for (Json result : results.elements()) {
        call.print(StatsTable.asJson(result));
      }
    } else if (call.isQuiet()) {
      StatsTable.of(results).ids().forEach(call::say);
    } else if (isRedrawn) {
      redraw(lines(results));
    } else {
      if (!isFirst) {
        call.out().println();
      }
      lines(results).forEach(call.out()::println);
    }
    isFirst = false;
  }

  /** The table, and what else is to be said, each line safe. */
  private List<String> lines(Json results) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    PrintStream out = new PrintStream(bytes, false, StandardCharsets.UTF_8);
    StatsTable.of(results).print(out);
    if (results.elements().isEmpty()) {
      out.println(VmStats.nothing(call.parsed()));
    }
    for (Json result : results.elements()) {
      if (!result.get("ok").truth(false)) {
        out.println(
            Text.safe(result.text("ref") + "  failed  " + result.get("error").text("message")));
      }
    }
    out.flush();
    return bytes.toString(StandardCharsets.UTF_8).lines().toList();
  }

  /** In one piece, so that it does not flicker. */
  private void redraw(List<String> lines) {
    int[] room = size;
    StringBuilder screen = new StringBuilder(isFirst ? CLEAR + HOME : HOME);
    boolean isCut = lines.size() >= room[0];
    List<String> shown = isCut ? lines.subList(0, Math.max(1, room[0] - 2)) : lines;
    for (String line : shown) {
      append(screen, line, room[1]);
    }
    if (isCut) {
      append(screen, "and " + (lines.size() - shown.size()) + " more", room[1]);
    }
    call.out().print(screen.append(CLEAR_BELOW));
  }

  private static void append(StringBuilder screen, String line, int columns) {
    boolean fits = line.codePointCount(0, line.length()) <= columns;
    screen
        .append(fits ? line : line.substring(0, line.offsetByCodePoints(0, columns)))
        .append(CLEAR_LINE)
        .append('\n');
  }
}
