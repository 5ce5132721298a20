package dev.banger.cli.command;

import dev.banger.cli.base.Command;
import dev.banger.cli.base.Failure;
import dev.banger.cli.base.Invocation;
import dev.banger.cli.base.LiveTable;
import dev.banger.cli.base.Operations;
import dev.banger.cli.base.Options;
import dev.banger.cli.base.Parsed;
import dev.banger.cli.base.Quantities;
import dev.banger.cli.base.Stages;
import dev.banger.cli.term.Text;
import dev.banger.client.Json;

/** {@code banger vm start|stop|restart|kill|pause|resume|delete|touch|repair}. */
public final class VmBatch implements Command {
  private final String verb;

  public VmBatch(String verb) {
    this.verb = verb;
  }

  @Override
  public void describe(Options options) {
    Batch.describe(options);
    options.description(
        "Several VMs are worked on at once. Valid ones still run when others are unknown;\n"
            + "the exit code is 1 when any failed. It goes on when this client goes away.");
    switch (verb) {
      case "start" -> options.summary("start VMs").example("banger vm start brisk-otter");
      case "stop" ->
          options
              .summary("ask VMs to shut down; force those that do not")
              .example("banger vm stop brisk-otter quiet-heron --timeout 10s")
              .example("banger vm stop --all");
      case "restart" ->
          options.summary("stop VMs and start them again").example("banger vm restart web");
      case "kill" ->
          options.summary("end VMs at once, without asking them").example("banger vm kill web");
      case "pause" ->
          options
              .summary("let VMs stand still; they keep their memory, and nothing in them runs")
              .example("banger vm pause web");
      case "resume" -> options.summary("let paused VMs go on").example("banger vm resume web");
      case "touch" ->
          options
              .summary("count VMs as used now, so that they are not stopped for being idle")
              .example("banger vm touch web");
      case "delete" ->
          options
              .summary("stop VMs and remove all they have, disks too")
              .flag("--yes", "do not ask")
              .example("banger rm brisk-otter")
              .example("banger vm delete --label project=web");
      default ->
          options
              .summary("clean up now what a failed stop or delete left")
              .example("banger vm repair web");
    }
    if (isTimed()) {
      options
          .value(
              "--timeout",
              "TIME",
              isGraceful()
                  ? "how long a guest may take to shut down before it is forced"
                  : "how long to wait for it; it goes on afterwards")
          .flag("--force", "do not ask the guest first (start: no effect)")
          .flag("--detach", "print the operations' ids and return at once");
    }
  }

  private boolean isTimed() {
    return switch (verb) {
      case "repair", "pause", "resume", "touch" -> false;
      default -> true;
    };
  }

  private boolean isGraceful() {
    return verb.equals("stop") || verb.equals("restart");
  }

  @Override
  public int run(Invocation call) {
    Parsed parsed = call.parsed();
    Json.Builder params = Batch.params(call, "vm " + verb);
    String timeout = isTimed() ? parsed.value("--timeout") : null;
    long millis = timeout == null ? 0 : Quantities.millis(timeout, "--timeout");
    if (isGraceful() && timeout != null) {
      params.put("timeoutMs", millis);
    }
    boolean force = isTimed() && parsed.flag("--force");
    if (force && (verb.equals("stop") || verb.equals("delete"))) {
      params.put("force", true);
    }
    if (force && verb.equals("restart")) {
      // The request has no force of its own: no time to shut down comes to the same.
      params.put("timeoutMs", 1);
    }
    if (isTimed() && parsed.flag("--detach")) {
      params.put("detach", true);
    }
    Json request = params.done();
    DeleteQuestion question = verb.equals("delete") ? DeleteQuestion.ask(call, request) : null;
    Json answer =
        request(call, question == null ? request : question.params(), isGraceful() ? 0 : millis);
    Json results = answer.get("results");
    if (question != null) {
      results = question.results(results);
    }
    Failure single = Batch.singleFailure(call, results);
    if (call.isJson()) {
      Json.Builder document = Json.build().put("results", results);
      if (single != null) {
        document.put("error", single.toJson());
      }
      call.print(document.done());
      return Batch.exitCode(call, results);
    }
    if (single != null) {
      throw single;
    }
    show(call, results);
    return Batch.exitCode(call, results);
  }

  private Json request(Invocation call, Json params, long patienceMillis) {
    String method = "vm." + verb;
    if (!Batch.isSingle(call) && LiveTable.isWanted(call)) {
      Stages stages = Stages.hidden(call);
      try (LiveTable table = new LiveTable(call, stages, isDelete() ? "deleted" : "")) {
        Json answer =
            Operations.run(
                call, call.client(), method, params, stages, table, false, patienceMillis);
        table.done();
        return answer;
      }
    }
    Stages stages = call.isJson() ? Stages.hidden(call) : Stages.shown(call, !Batch.isSingle(call));
    return Operations.run(
        call, call.client(), method, params, stages, stages, false, patienceMillis);
  }

  private boolean isDelete() {
    return verb.equals("delete");
  }

  private void show(Invocation call, Json results) {
    int width = 0;
    for (Json result : results.elements()) {
      width = Math.max(width, Text.safe(name(result)).length());
    }
    for (Json result : results.elements()) {
      if (!result.get("ok").truth(false)) {
        Batch.tellFailed(call, result);
      } else if (result.has("op")) {
        call.say(result.text("op") + (call.isQuiet() ? "" : "  " + result.text("ref")));
      } else if (call.isQuiet()) {
        call.say(result.get("vm").text("id"));
      } else {
        String state = verb.equals("delete") ? "deleted" : Show.state(result.get("vm"));
        String took = Quantities.elapsed(result.get("elapsedMs").number(0));
        String line =
            Text.pad(Text.safe(name(result)), width)
                + "  "
                + Text.pad(state, 8)
                + "  "
                + Text.padLeft(took, 9)
                + "  "
                + Text.safe(result.text("note"));
        call.out().println(line.stripTrailing());
      }
    }
    if (results.elements().isEmpty() && !call.isQuiet()) {
      call.note("no VMs");
    }
  }

  private static String name(Json result) {
    String name = result.get("vm").text("name");
    return name.isEmpty() ? result.text("ref") : name;
  }
}
