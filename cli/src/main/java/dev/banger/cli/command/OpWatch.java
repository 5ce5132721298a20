package dev.banger.cli.command;

import dev.banger.cli.base.Command;
import dev.banger.cli.base.Failure;
import dev.banger.cli.base.Invocation;
import dev.banger.cli.base.Operations;
import dev.banger.cli.base.Options;
import dev.banger.cli.base.Stages;
import dev.banger.client.Json;

/** {@code banger op watch}. */
public final class OpWatch implements Command {
  @Override
  public void describe(Options options) {
    options
        .summary("an operation's stages from its beginning, until it ends")
        .description(
            "Ctrl-C stops the watching, not the operation. Exit code 1 when the operation failed.\n"
                + "With -o json: a line for each stage, then {\"result\":OPERATION} or {\"error\":...}.")
        .positional("ID", "op", 1, 1, "for example op-3")
        .example("banger op watch op-3");
  }

  @Override
  public int run(Invocation call) {
    Json params = Json.build().put("id", call.parsed().argument(0)).done();
    Json operation = Operations.run(call, "op.watch", params, Stages.streamed(call), false);
    Json error = operation.get("error");
    if (error.isObject()) {
      throw Failure.of(error);
    }
    if (call.isJson()) {
      call.print(Json.build().put("result", operation).done());
    } else if (call.isQuiet()) {
      call.say(call.parsed().argument(0));
    } else {
      call.say(
          operation.text("id") + "  " + operation.text("kind") + "  " + operation.text("state"));
    }
    return "done".equals(operation.text("state")) ? 0 : Failure.FAILED;
  }
}
