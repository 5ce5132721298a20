package dev.banger.cli.command;

import dev.banger.cli.base.Command;
import dev.banger.cli.base.Failure;
import dev.banger.cli.base.Invocation;
import dev.banger.cli.base.Operations;
import dev.banger.cli.base.Options;
import dev.banger.cli.base.Stages;
import dev.banger.client.Json;
import java.util.List;

/** {@code banger op watch}. */
public final class OpWatch implements Command {
  @Override
  public void describe(Options options) {
    options
        .summary("an operation's stages from its beginning, until it ends")
        .description(
            "Ctrl-C stops the watching, not the operation. Exit code 1 when the operation failed.\n"
                + "With -o json: a line for each stage, then {\"result\":OPERATION} or {\"error\":...}.")
        .positional("ID", "op", 0, 1, "for example op-3; the latest that runs when left out")
        .example("banger op watch op-3");
  }

  @Override
  public int run(Invocation call) {
    String id = call.parsed().argument(0) == null ? latest(call) : call.parsed().argument(0);
    Json params = Json.build().put("id", id).done();
    Json operation = Operations.run(call, "op.watch", params, Stages.streamed(call), false);
    Json error = operation.get("error");
    if (error.isObject()) {
      throw Failure.of(error);
    }
    if (call.isJson()) {
      call.print(Json.build().put("result", operation).done());
    } else if (call.isQuiet()) {
      call.say(id);
    } else {
      call.say(
          operation.text("id") + "  " + operation.text("kind") + "  " + operation.text("state"));
    }
    return "done".equals(operation.text("state")) ? 0 : Failure.FAILED;
  }

  private static String latest(Invocation call) {
    Json params = Json.build().put("running", true).put("limit", 1).done();
    List<Json> running = call.call("op.list", params).elements();
    if (running.isEmpty()) {
      throw Failure.failed(
          "notFound", "no operation is under way", "banger op list; banger op watch ID");
    }
    Json latest = running.get(0);
    if (!call.isQuiet() && !call.isJson()) {
      call.note(
          (latest.text("id") + "  " + latest.text("kind") + "  " + latest.text("vm")).strip());
    }
    return latest.text("id");
  }
}
