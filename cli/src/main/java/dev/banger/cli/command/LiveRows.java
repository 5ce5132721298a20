package dev.banger.cli.command;

import dev.banger.cli.base.Failure;
import dev.banger.cli.base.Invocation;
import dev.banger.cli.base.Stages;
import dev.banger.cli.term.Signals;
import dev.banger.cli.term.Text;
import dev.banger.client.BangerClient;
import dev.banger.client.Json;
import dev.banger.client.Notifications;
import dev.banger.client.RpcException;
import java.util.List;

/**
 * Rows of a plugin's command, printed as they come. Columns begin as wide as the header and the
 * first row and grow with wider cells; what was printed stays.
 */
final class LiveRows implements Notifications {
  /** One wide cell shall not push all later rows out of sight. */
  private static final int WIDEST = 60;

  private final Invocation call;
  private final BangerClient client;
  private final Stages stages;
  private final List<Json> columns;
  private final int[] widths;
  private boolean hasHeader;
  private boolean isOutputClosed;
  private final PartFailures failures;
  private volatile boolean isInterrupted;

  /**
   * @param columns of the manifest; empty to print every field with its name
   */
  LiveRows(Invocation call, List<Json> columns) {
    this.call = call;
    this.client = call.client();
    this.stages = PluginSwitch.stages(call);
    this.columns = columns;
    this.failures = new PartFailures(call, stages);
    this.widths = new int[columns.size()];
    this.hasHeader = columns.isEmpty() || call.isJson() || call.isQuiet();
  }

  /**
   * Prints until the command ends. Ctrl-C closes the connection, which is how the daemon hears of
   * it.
   *
   * @return 0; 1 when it could not do all; 130 after Ctrl-C; 141 when nobody reads our output any
   *     more
   */
  int run(Json params) {
    try (Signals.Subscription interrupted = call.console().signals().on("INT", this::interrupt)) {
      Json answer = client.call("plugin.call", params, this);
      stages.clear();
      if (!hasHeader) {
        printHeader();
      }
      if (answer.has("message") && !call.isJson() && !call.isQuiet()) {
        call.out().flush();
        call.note(answer.text("message"));
      }
      failures.tell();
      if (call.isJson()) {
        failures.documents().forEach(call::print);
      }
      return failures.exitCode();
    } catch (RpcException e) {
      stages.clear();
      if (isOutputClosed) {
        return Streams.OUTPUT_CLOSED;
      }
      if (isInterrupted) {
        return Failure.INTERRUPTED;
      }
      throw Failure.of(e);
    }
  }

  private void interrupt() {
    isInterrupted = true;
    client.close();
  }

  @Override
  public void notified(String method, Json params) {
    if (!"row".equals(method)) {
      failures.notified(method, params);
      return;
    }
    stages.clear();
    Json row = params.get("row");
    if (call.isJson()) {
      call.print(row);
    } else {
      print(row);
    }
    // Flushes as well: a row is seen when it comes.
    if (call.out().checkError()) {
      isOutputClosed = true;
      client.close();
    }
  }

  private void print(Json row) {
    if (columns.isEmpty()) {
      call.say(Show.cell(row));
      return;
    }
    String[] cells = new String[widths.length];
    for (int i = 0; i < cells.length; i++) {
      cells[i] = Text.safe(Show.cell(row.get(columns.get(i).text("field"))));
      widths[i] = Math.max(widths[i], Math.min(WIDEST, width(cells[i])));
    }
    if (!hasHeader) {
      printHeader();
    }
    printLine(cells);
  }

  private void printHeader() {
    hasHeader = true;
    String[] headers = new String[widths.length];
    for (int i = 0; i < headers.length; i++) {
      headers[i] = Text.safe(columns.get(i).text("header"));
      widths[i] = Math.max(widths[i], width(headers[i]));
    }
    printLine(headers);
  }

  private void printLine(String[] cells) {
    StringBuilder line = new StringBuilder();
    for (int i = 0; i < cells.length; i++) {
      line.append(Text.pad(cells[i], widths[i])).append("  ");
    }
    call.out().println(line.toString().stripTrailing());
  }

  private static int width(String text) {
    return text.codePointCount(0, text.length());
  }
}
