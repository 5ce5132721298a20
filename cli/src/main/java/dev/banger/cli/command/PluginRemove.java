package dev.banger.cli.command;

import dev.banger.cli.base.Command;
import dev.banger.cli.base.Failure;
import dev.banger.cli.base.Invocation;
import dev.banger.cli.base.Options;
import dev.banger.cli.base.Question;
import dev.banger.client.Json;

/** {@code banger plugin remove}. */
public final class PluginRemove implements Command {
  @Override
  public void describe(Options options) {
    options
        .summary("remove a plugin")
        .description(
            "What it stored is kept for another time, unless --purge. A version that VMs use stays until\n"
                + "they are stopped.")
        .positional("ID", "plugin", 1, 1, "the plugin")
        .flag("--purge", "delete what it stored and what it still has to clean up, for good")
        .flag("--yes", "do not ask")
        .example("banger plugin remove audit")
        .example("banger plugin remove audit --purge --yes");
  }

  @Override
  public int run(Invocation call) {
    String id = call.parsed().argument(0);
    boolean isPurge = call.parsed().flag("--purge");
    if (!call.parsed().flag("--yes")) {
      ask(call, id, isPurge);
    }
    Json params = Json.build().put("id", id).put("purge", isPurge).done();
    PluginSwitch.run(call, "plugin.remove", params);
    return 0;
  }

  private static void ask(Invocation call, String id, boolean isPurge) {
    if (!Question.canBeAsked(call.console())) {
      throw Failure.usage(
          id + " was not removed: there is no terminal to ask on",
          "banger plugin remove " + id + (isPurge ? " --purge" : "") + " --yes");
    }
    String question =
        isPurge
            ? "Remove " + id + " with all that it stored, for good?"
            : "Remove " + id + "? What it stored is kept.";
    if (!Question.isYes(call.console(), question)) {
      throw Failure.failed("conflict", id + " was not removed", "");
    }
  }
}
