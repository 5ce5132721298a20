package dev.banger.cli.command;

import dev.banger.cli.base.Command;
import dev.banger.cli.base.Invocation;
import dev.banger.cli.base.Options;
import dev.banger.cli.base.Quantities;
import dev.banger.cli.term.Table;
import dev.banger.client.Json;
import java.util.List;

/** {@code banger op list|show|cancel}. */
public final class OpCommands implements Command {
  private final String verb;

  public OpCommands(String verb) {
    this.verb = verb;
  }

  @Override
  public void describe(Options options) {
    switch (verb) {
      case "list" -> options.summary("what the daemon is doing, and did").example("banger op list");
      case "show" ->
          options
              .summary("one operation and its stages")
              .positional("ID", "op", 1, 1, "for example op-3")
              .example("banger op show op-3");
      default ->
          options
              .summary("take an operation back")
              .positional("ID", "op", 1, 1, "for example op-3")
              .example("banger op cancel op-3");
    }
  }

  @Override
  public int run(Invocation call) {
    if (verb.equals("list")) {
      list(call);
      return 0;
    }
    Json params = Json.build().put("id", call.parsed().argument(0)).done();
    Json operation = call.call("op." + verb, params);
    if (call.isJson()) {
      call.print(operation);
    } else if (call.isQuiet()) {
      call.say(call.parsed().argument(0));
    } else if (verb.equals("show")) {
      show(call, operation);
    } else {
      String state = operation.text("state");
      call.say(call.parsed().argument(0) + "  " + (state.isEmpty() ? "cancelled" : state));
    }
    return 0;
  }

  private static void list(Invocation call) {
    Json operations = call.call("op.list", Json.build().done());
    if (call.isJson()) {
      call.print(operations);
    } else if (call.isQuiet()) {
      call.ids(operations.elements(), "id");
    } else if (operations.elements().isEmpty()) {
      call.note("no operations since the daemon started");
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
