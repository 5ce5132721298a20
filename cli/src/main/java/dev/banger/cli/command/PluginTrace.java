package dev.banger.cli.command;

import dev.banger.cli.base.Command;
import dev.banger.cli.base.Failure;
import dev.banger.cli.base.Invocation;
import dev.banger.cli.base.Options;
import dev.banger.cli.base.Quantities;
import dev.banger.cli.term.Table;
import dev.banger.cli.term.Text;
import dev.banger.client.Json;
import java.util.ArrayList;
import java.util.List;

/** {@code banger plugin trace}. */
public final class PluginTrace implements Command {
  private static final long MOST = 10_000;

  @Override
  public void describe(Options options) {
    options
        .summary("what plugins did for an operation or a VM, and how long it took")
        .positional("OP", "op", 0, 1, "an operation, for example op-42")
        .value("--vm", "REF", "vm", "a VM instead: what was done for it lately")
        .value("--limit", "N", "at most the last N calls (default 200)")
        .example("banger plugin trace op-42")
        .example("banger plugin trace --vm brisk-otter -o json");
  }

  @Override
  public int run(Invocation call) {
    String operation = call.parsed().argument(0);
    String vm = call.parsed().value("--vm");
    if ((operation == null) == (vm == null)) {
      throw Failure.usage(
          "banger plugin trace takes an operation or --vm REF, one of them",
          "banger op list; banger plugin trace op-42");
    }
    Json.Builder params = Json.build();
    params.put(operation == null ? "ref" : "op", operation == null ? vm : operation);
    String limit = call.parsed().value("--limit");
    if (limit != null) {
      params.put("limit", Quantities.count(limit, "--limit", 1, MOST, "--limit 200"));
    }
    Json runs = call.call("plugin.trace", params.done());
    if (call.isJson()) {
      call.print(runs);
    } else if (call.isQuiet()) {
      for (Json run : runs.elements()) {
        call.say(name(run));
      }
    } else if (runs.elements().isEmpty()) {
      call.note("no plugin took part");
    } else {
      show(call, runs.elements(), operation == null);
    }
    return 0;
  }

  private static void show(Invocation call, List<Json> runs, boolean withOperation) {
    int width = "TOOK".length();
    List<String> times = new ArrayList<>();
    for (Json run : runs) {
      long millis = run.get("tookMs").number(-1);
      String time = millis < 0 ? "" : Quantities.elapsed(millis);
      times.add(time);
      width = Math.max(width, time.length());
    }
    Table table =
        withOperation
            ? new Table("OP", "STEP", "PHASE", "TOOK", "RESULT")
            : new Table("STEP", "PHASE", "TOOK", "RESULT");
    for (int i = 0; i < times.size(); i++) {
      Json run = runs.get(i);
      String time = Text.padLeft(times.get(i), width);
      if (withOperation) {
        table.row(run.text("op"), name(run), run.text("phase"), time, result(run));
      } else {
        table.row(name(run), run.text("phase"), time, result(run));
      }
    }
    table.print(call.out());
  }

  /** {@code nat rules}; {@code nat rules (stop)} for what is no start. */
  private static String name(Json run) {
    String step = run.text("step");
    String action = run.text("action");
    boolean isPlain = action.isEmpty() || (action.equals("start") && !step.isEmpty());
    return run.text("plugin")
        + (step.isEmpty() ? "" : " " + step)
        + (isPlain ? "" : " (" + action + ")");
  }

  private static String result(Json run) {
    String message = run.text("message");
    String outcome = run.text("outcome");
    String words = outcome.replace('-', ' ');
    return switch (outcome) {
      case "ok" -> message.isEmpty() ? outcome : message;
      case "degraded" ->
          (message.isEmpty() ? "failed" : message) + " (best effort): VM marked degraded";
      default ->
          message.isEmpty() || message.startsWith(words)
              ? (message.isEmpty() ? words : message)
              : words + ": " + message;
    };
  }
}
