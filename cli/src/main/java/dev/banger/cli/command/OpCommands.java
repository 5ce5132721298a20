package dev.banger.cli.command;

import dev.banger.cli.base.Command;
import dev.banger.cli.base.Invocation;
import dev.banger.cli.base.Operations;
import dev.banger.cli.base.Options;
import dev.banger.cli.base.Quantities;
import dev.banger.cli.base.Stages;
import dev.banger.cli.term.Table;
import dev.banger.client.Json;
import java.util.List;

/** {@code banger op list|show|cancel}. */
public final class OpCommands implements Command, Each.One {
  private final String verb;

  public OpCommands(String verb) {
    this.verb = verb;
  }

  @Override
  public void describe(Options options) {
    switch (verb) {
      case "list" ->
          options
              .summary("what the daemon is doing, and did")
              .description("The last 500 that ended are kept. Those that run come first.")
              .value("--vm", "REF", "vm", "only those on this VM, also after it is gone")
              .flag("--running", "only those that have not ended")
              .value("--limit", "N", "at most so many (default 100)")
              .example("banger op list")
              .example("banger op list --vm web --limit 5");
      case "show" ->
          options
              .summary("operations and their stages")
              .positional("ID", "op", 1, Integer.MAX_VALUE, "for example op-3")
              .example("banger op show op-3");
      default ->
          options
              .summary("take operations back, and say what was undone")
              .description(
                  "A create leaves nothing, a start a stopped VM. What cannot be taken back, as a stop\n"
                      + "half-way, goes on; the error says why.")
              .positional("ID", "op", 1, Integer.MAX_VALUE, "for example op-3")
              .flag("--no-wait", "do not wait until it is undone")
              .example("banger op cancel op-3");
    }
  }

  @Override
  public int run(Invocation call) {
    if (verb.equals("list")) {
      list(call);
      return 0;
    }
    return Each.of(call, "id", this);
  }

  @Override
  public Json ask(Invocation call, String id) {
    Json params = Json.build().put("id", id).done();
    Json answer = call.call("op." + verb, params);
    boolean isWaiting = verb.equals("cancel") && !call.parsed().flag("--no-wait");
    return isWaiting
        ? Operations.run(call, "op.watch", params, Stages.hidden(call), false)
        : answer;
  }

  @Override
  public void show(Invocation call, String id, Json operation, boolean isFirst) {
    if (call.isQuiet()) {
      call.say(id);
    } else if (verb.equals("show")) {
      if (!isFirst) {
        call.out().println();
      }
      show(call, operation);
    } else {
      call.say(id + "  " + outcome(operation));
    }
  }

  /** How a cancelled operation ended: it may have been done just before. */
  private static String outcome(Json operation) {
    String state = operation.text("state");
    if (state.isEmpty()) {
      return "being cancelled";
    }
    String what = operation.text("kind") + " " + operation.text("vm");
    String message = operation.get("error").text("message");
    int undone = message.indexOf("; ");
    return what.strip() + "  " + state + (undone < 0 ? "" : ": " + message.substring(undone + 2));
  }

  private static void list(Invocation call) {
    Json.Builder params = Json.build();
    if (call.parsed().value("--vm") != null) {
      params.put("vm", call.parsed().value("--vm"));
    }
    if (call.parsed().flag("--running")) {
      params.put("running", true);
    }
    String limit = call.parsed().value("--limit");
    if (limit != null) {
      params.put("limit", Quantities.count(limit, "--limit", 1, 500, "--limit 20; 500 are kept"));
    }
    Json operations = call.call("op.list", params.done());
    if (call.isJson()) {
      call.print(operations);
    } else if (call.isQuiet()) {
      call.ids(operations.elements(), "id");
    } else if (operations.elements().isEmpty()) {
      call.note(
          call.parsed().flag("--running") ? "nothing is under way" : "no operations are known");
    } else {
      Table table = new Table("ID", "KIND", "VM", "STATE", "STARTED", "ERROR");
      for (Json operation : operations.elements()) {
        table.row(
            operation.text("id"),
            operation.text("kind"),
            operation.text("vm"),
            operation.text("state"),
            operation.text("startedAt"),
            operation.get("error").text("message"));
      }
      table.print(call.out());
    }
  }

  private static void show(Invocation call, Json operation) {
    Json.Builder head = Json.build();
    for (String field : List.of("id", "kind", "vm", "state", "startedAt", "endedAt")) {
      head.put(field, operation.get(field));
    }
    Show.fields(call, head.put("error", operation.get("error")).done());
    Table table = new Table("STAGE", "STATUS", "TOOK", "MESSAGE");
    for (Json stage : operation.get("stages").elements()) {
      if (!"started".equals(stage.text("status"))) {
        table.row(
            stage.text("stage"),
            stage.text("status"),
            Quantities.elapsed(stage.get("elapsedMs").number(0)),
            stage.text("message"));
      }
    }
    call.out().println();
    table.print(call.out());
  }
}
