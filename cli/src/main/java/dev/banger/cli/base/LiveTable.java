package dev.banger.cli.base;

import dev.banger.cli.term.Columns;
import dev.banger.cli.term.Signals;
import dev.banger.cli.term.Terminal;
import dev.banger.cli.term.Text;
import dev.banger.client.Json;
import dev.banger.client.Notifications;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A line on the terminal for each VM of a request, redrawn in place: where it is, for how long, how
 * it ended. When there are more VMs than rows, those that are under way, and a line that counts.
 *
 * <p>Nothing of the terminal is changed, and between two frames the cursor is at the beginning of
 * the line below: whatever ends this process leaves the screen as it should be.
 */
public final class LiveTable implements Notifications, Runnable, AutoCloseable {
  /** Ten frames a second are as many as an eye follows. */
  private static final long PAUSE_MILLIS = 100;

  private static final int STATE_WIDTH = 16;
  private static final int TIME_WIDTH = 9;
  private static final int LEAST_COLUMNS = 20;

  private final Invocation call;
  private final Stages stages;
  private final String endedWord;
  private final Map<String, Line> lines = new LinkedHashMap<>();
  private final Signals.Subscription resized;
  private final Thread painter;
  private int[] size;
  private int drawn;
  private int nameWidth;
  private boolean isClosed;

  /**
   * @param stages is told everything, too; shows nothing itself
   * @param endedWord what is said of a VM that it went well with; its state when empty
   */
  public LiveTable(Invocation call, Stages stages, String endedWord) {
    this.call = call;
    this.stages = stages;
    this.endedWord = endedWord;
    this.resized =
        call.console()
            .signals()
            .on(
                "WINCH",
                new Runnable() {
                  @Override
                  public void run() {
                    forgetSize();
                  }
                });
    this.painter = new Thread(this, "banger-table");
    painter.setDaemon(true);
    painter.start();
  }

  /** Whether there is a terminal to draw on, and somebody who wants to see it. */
  public static boolean isWanted(Invocation call) {
    return call.console().isLively() && !call.isQuiet() && !call.isJson();
  }

  /** Adds a line; {@code stage} is what it is at. */
  public synchronized void add(String name, String stage) {
    line(name).stage = stage;
  }

  @Override
  public synchronized void notified(String method, Json params) {
    switch (method) {
      case "targets" -> {
        stages.notified(method, params);
        for (Json target : params.get("targets").elements()) {
          line(target.text("vm"));
        }
      }
      case "stage" -> {
        stages.notified(method, params);
        stage(line(params.text("vm")), params);
      }
      case "result" -> result(params);
      case "warning" -> {
        wipe();
        stages.notified(method, params);
        draw();
      }
      default -> {
        // A newer daemon may tell more.
      }
    }
  }

  private Line line(String vm) {
    String name = Text.safe(vm);
    Line line = lines.get(name);
    if (line == null) {
      line = new Line(name);
      lines.put(name, line);
      nameWidth = Math.max(nameWidth, Columns.of(name));
    }
    return line;
  }

  private static void stage(Line line, Json stage) {
    if (!"started".equals(stage.text("status")) && line.stage.isEmpty()) {
      return;
    }
    line.stage = Text.safe(Stages.plain(stage.text("stage")));
    line.message = Text.safe(stage.text("message"));
  }

  private void result(Json result) {
    Json vm = result.get("vm");
    boolean isOk = result.get("ok").truth(false);
    Line line = line(vm.text("name").isEmpty() ? nameOf(result.text("ref")) : vm.text("name"));
    line.hasEnded = true;
    line.hasFailed = !isOk;
    line.millis = result.get("elapsedMs").number(line.elapsed());
    String state = endedWord.isEmpty() ? vm.text("state") : endedWord;
    line.stage = Text.safe(isOk ? state : "failed");
    line.message = Text.safe(isOk ? result.text("note") : result.get("error").text("message"));
  }

  /** A failure names what was typed: the line that was opened for it, where it is a VM's name. */
  private String nameOf(String ref) {
    String name = stages.vmOf(ref);
    return name.isEmpty() ? ref : name;
  }

  @Override
  public void run() {
    try {
      while (paint()) {
        Thread.sleep(PAUSE_MILLIS);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private synchronized boolean paint() {
    if (!isClosed) {
      draw();
    }
    return !isClosed;
  }

  private synchronized void forgetSize() {
    size = null;
  }

  private void draw() {
    if (lines.isEmpty()) {
      return;
    }
    if (size == null) {
      size = size();
    }
    StringBuilder frame = new StringBuilder();
    back(frame);
    List<String> shown = shown(size[0] - 1, Math.max(LEAST_COLUMNS, size[1]) - 1);
    for (String line : shown) {
      frame.append(line).append("\u001b[K\n");
    }
    frame.append("\u001b[J");
    drawn = shown.size();
    call.err().print(frame);
    call.err().flush();
  }

  private void back(StringBuilder frame) {
    frame.append('\r');
    if (drawn > 0) {
      frame.append("\u001b[").append(drawn).append('A');
    }
  }

  private List<String> shown(int rows, int columns) {
    List<String> shown = new ArrayList<>();
    boolean isTooMany = lines.size() > rows;
    int open = 0;
    int failed = 0;
    for (Line line : lines.values()) {
      open += line.hasEnded ? 0 : 1;
      failed += line.hasFailed ? 1 : 0;
      if (!isTooMany || (!line.hasEnded && shown.size() < rows - 1)) {
        shown.add(line.text(nameWidth, columns));
      }
    }
    if (isTooMany) {
      String count = (lines.size() - open - failed) + " done, " + failed + " failed, " + open;
      shown.add(Columns.cut("  " + count + " under way", columns));
    }
    return shown;
  }

  private int[] size() {
    int rows = number("LINES");
    int columns = number("COLUMNS");
    if (rows > 1 && columns > 0) {
      return new int[] {rows, columns};
    }
    int[] real = Terminal.errorSize();
    return new int[] {rows > 1 ? rows : real[0], columns > 0 ? columns : real[1]};
  }

  private int number(String variable) {
    try {
      return Integer.parseInt(call.console().variable(variable));
    } catch (NumberFormatException e) {
      return 0;
    }
  }

  private void wipe() {
    if (drawn > 0) {
      StringBuilder frame = new StringBuilder();
      back(frame);
      call.err().print(frame.append("\u001b[J"));
      call.err().flush();
      drawn = 0;
    }
  }

  /** It is over, and the results are told elsewhere: takes the lines away. */
  public synchronized void done() {
    wipe();
    isClosed = true;
  }

  /** Ends it; the lines stay as they are unless {@link #done}. */
  @Override
  public synchronized void close() {
    isClosed = true;
    resized.close();
    painter.interrupt();
  }

  private static final class Line {
    private final String name;
    private final long beganNanos = System.nanoTime();
    private String stage = "";
    private String message = "";
    private boolean hasEnded;
    private boolean hasFailed;
    private long millis;

    Line(String name) {
      this.name = name;
    }

    long elapsed() {
      return (System.nanoTime() - beganNanos) / 1_000_000;
    }

    String text(int nameWidth, int columns) {
      String time = Quantities.elapsed(hasEnded ? millis : tenths(elapsed()));
      String line =
          Columns.pad(name, nameWidth)
              + "  "
              + Columns.pad(stage.isEmpty() ? "waiting" : stage, STATE_WIDTH)
              + Text.padLeft(time, TIME_WIDTH)
              + "   "
              + message;
      String cut = Columns.cut(line.stripTrailing(), columns);
      return hasFailed ? "\u001b[31m" + cut + "\u001b[0m" : cut;
    }

    /** Whole tenths of a second, so that what runs does not flicker. */
    private static long tenths(long millis) {
      return millis / 100 * 100;
    }
  }
}
