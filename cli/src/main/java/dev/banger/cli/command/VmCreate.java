package dev.banger.cli.command;

import dev.banger.cli.base.Command;
import dev.banger.cli.base.Failure;
import dev.banger.cli.base.Invocation;
import dev.banger.cli.base.Operations;
import dev.banger.cli.base.Options;
import dev.banger.cli.base.Parsed;
import dev.banger.cli.base.Quantities;
import dev.banger.cli.base.Stages;
import dev.banger.client.Json;

/** {@code banger vm create}. */
public final class VmCreate implements Command {
  @Override
  public void describe(Options options) {
    options
        .summary("make a VM and start it")
        .description(
            "Shows each stage as it goes. Ctrl-C takes everything back.\n"
                + "With -o json: a line for each stage, then {\"result\":VM} or {\"error\":...}.")
        .positional("NAME", "", 0, 1, "a DNS label; a friendly one is made up otherwise")
        .flag("--no-start", "only make it")
        .flag("--detach", "print the operation's id and return at once")
        .example("banger vm create")
        .example("banger vm create web --cpus 2 --memory 2GiB --nat")
        .example("banger vm create build --image debian --no-start");
    VmSettings.describe(options);
  }

  @Override
  public int run(Invocation call) {
    Parsed parsed = call.parsed();
    Json.Builder params = VmSettings.params(parsed);
    if (parsed.argument(0) != null) {
      params.put("name", parsed.argument(0));
    }
    if (parsed.flag("--no-start")) {
      params.put("start", false);
    }
    if (parsed.flag("--detach")) {
      Json answer = call.call("vm.create", params.put("detach", true).done());
      if (call.isJson()) {
        call.print(answer);
      } else {
        call.say(answer.text("op"));
      }
      return 0;
    }
    long start = System.nanoTime();
    Json vm = create(call, params.done());
    if (call.isJson()) {
      call.print(Json.build().put("result", vm).done());
    } else if (call.isQuiet()) {
      call.say(vm.text("id"));
    } else {
      String took = Quantities.elapsed((System.nanoTime() - start) / 1_000_000);
      call.say(
          Show.vmLine(vm)
              + ("running".equals(vm.text("state"))
                  ? "  ready in " + took
                  : "  " + vm.text("state")));
    }
    return 0;
  }

  private static Json create(Invocation call, Json params) {
    try {
      return Operations.run(call, "vm.create", params, Stages.streamed(call), true);
    } catch (Failure e) {
      boolean isTakenBack =
          e.exitCode() == Failure.INTERRUPTED
              && e.hint().isEmpty()
              && e.details().isEmpty()
              && !call.parsed().flag("--keep-failed");
      // A daemon says itself what it took back; an older one only that it did.
      throw isTakenBack && !e.getMessage().contains("; ")
          ? Failure.interrupted(e.getMessage() + "; all it had made is removed", "")
          : e;
    }
  }
}
