package dev.banger.cli.command;

import dev.banger.cli.base.Failure;
import dev.banger.cli.base.Invocation;
import dev.banger.cli.base.Question;
import dev.banger.cli.base.Stages;
import dev.banger.client.Json;
import dev.banger.client.RpcException;
import java.util.List;
import java.util.Optional;

/** What {@code vm run} does with what its command has changed in the workspace. */
final class RunExport {
  /** Brings changes back. */
  private static final String EXPORT = "vm.run.export";

  /** Says whether there are any. */
  private static final String CHANGES = "vm.run.changes";

  private final Invocation call;
  private final Json vm;
  private final boolean isRemoved;

  /**
   * @param isRemoved whether the VM goes afterwards, and what was changed in it
   */
  RunExport(Invocation call, Json vm, boolean isRemoved) {
    this.call = call;
    this.vm = vm;
    this.isRemoved = isRemoved;
  }

  /** Fails where {@code --export} asks for what no plugin does. */
  static void check(Invocation call, boolean isCommand, String path) {
    if (call.parsed().value("--export") == null) {
      return;
    }
    if (!isCommand) {
      throw Failure.usage(
          "--export needs a command, for it comes after it",
          "banger run --export branch -- make; or later: banger vm workspace export NAME");
    }
    if (path == null) {
      throw Failure.usage(
          "--export needs a repository, for it is what comes back",
          "banger run PATH --export branch -- COMMAND...");
    }
    if (exporter(call).isEmpty()) {
      throw Failure.failed(
          "unavailable", "no active plugin brings changes back from VMs", "banger plugin list");
    }
  }

  /** The line that exports by hand; empty when no plugin does. */
  static Optional<String> line(Invocation call, Json vm) {
    return exporter(call)
        .map(
            command ->
                "banger "
                    + String.join(" ", command.path())
                    + " "
                    + vm.text("name")
                    + " --as branch");
  }

  private static Optional<PluginCommand> exporter(Invocation call) {
    return PluginCommand.withRole(call.console(), call.client(), EXPORT);
  }

  /**
   * Does it, or asks, or tells.
   *
   * @return whether the VM is to be kept, for the question could not be put
   * @throws Failure when changes were to come back and did not
   */
  boolean run() {
    Optional<PluginCommand> exporter = exporter(call);
    if (exporter.isEmpty()) {
      return false;
    }
    String as = call.parsed().value("--export");
    if (as == null) {
      String changed = changed();
      if (changed.isEmpty()) {
        return false;
      }
      // A command that had our standard input may still hold what is typed next.
      boolean isFree = !call.parsed().flag("--interactive") && !call.parsed().flag("--tty");
      boolean isAsked = !call.isQuiet() && Question.canBeAsked(call.console());
      if (!isFree || !isAsked) {
        return tell(changed, isAsked);
      }
      as = chosen(changed);
    }
    if (as != null) {
      Json arguments = Json.build().put("vm", vm.text("id")).put("as", as).done();
      Json result = exporter.get().call(call, call.client(), arguments, Stages.shown(call, false));
      call.out().flush();
      if (!call.isQuiet()) {
        call.note(result.text("message"));
      }
    }
    return false;
  }

  private boolean tell(String changed, boolean isSomebodyThere) {
    call.out().flush();
    boolean isLost = isRemoved && !isSomebodyThere;
    if (isLost) {
      call.warn("thrown away with " + vm.text("name") + ": " + changed + "; --export keeps it");
    } else {
      line(call, vm).ifPresent(line -> call.note("changed: " + changed + "; " + line));
    }
    return !isLost;
  }

  /** In a few words; empty when nothing was changed, or nobody can tell. */
  private String changed() {
    Optional<PluginCommand> looker = PluginCommand.withRole(call.console(), call.client(), CHANGES);
    if (looker.isEmpty()) {
      return "";
    }
    try {
      Json arguments = Json.build().put("vm", vm.text("id")).done();
      Json found = looker.get().call(call, call.client(), arguments, Stages.hidden(call));
      return found.get("changed").truth(false) ? found.text("summary") : "";
    } catch (RpcException | Failure e) {
      call.warn("could not tell whether the workspace was changed: " + e.getMessage());
      return "";
    }
  }

  /** Null for nothing. */
  private String chosen(String changed) {
    char letter =
        Question.letter(
            call.console(),
            "export " + changed + " as [b]ranch, [p]atch, [f]iles, [n]othing?",
            List.of('b', 'p', 'f', 'n'),
            'n');
    return switch (letter) {
      case 'b' -> "branch";
      case 'p' -> "patch";
      case 'f' -> "files";
      default -> null;
    };
  }
}
