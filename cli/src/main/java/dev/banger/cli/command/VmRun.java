package dev.banger.cli.command;

import dev.banger.cli.base.Command;
import dev.banger.cli.base.Failure;
import dev.banger.cli.base.Invocation;
import dev.banger.cli.base.Operations;
import dev.banger.cli.base.Options;
import dev.banger.cli.base.Parsed;
import dev.banger.cli.base.Quantities;
import dev.banger.cli.base.Stages;
import dev.banger.cli.term.Console;
import dev.banger.cli.term.Text;
import dev.banger.client.BangerClient;
import dev.banger.client.Json;
import dev.banger.client.RpcException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** {@code banger vm run}: a VM, a repository in it, a command. */
public final class VmRun implements Command {
  /** Where a guest's user is at home. */
  private static final String HOME = "/root";

  @Override
  public void describe(Options options) {
    options
        .summary("a fresh VM with a repository in it; then a command, or what to type next")
        .description(
            "PATH defaults to the repository around the working directory; outside of one, nothing is put in.\n"
                + "With a command: its exit code; 125 when banger failed.")
        .positional("PATH", "path", 0, 1, "the repository")
        .command(false, "what to run in it")
        .flag("--rm", "delete the VM afterwards, whatever happens to this command")
        .choice(
            "--export",
            List.of("branch", "patch", "files"),
            "bring back what the command changed, without asking")
        .flag("-i", "--interactive", "pass standard input on to the command")
        .flag("-t", "--tty", "give the command a terminal")
        .repeat("--env", "KEY=VALUE", "a variable for the command")
        .value("--name", "NAME", "a DNS label; a friendly one is made up otherwise")
        .choice("--mode", List.of("tracked", "shallow", "full"), "what of the repository goes in")
        .flag("--include-uncommitted", "uncommitted changes too")
        .example("banger run")
        .example("banger run . --rm -- make test")
        .example("banger run . --rm --export branch -- make format")
        .example("banger run ~/src/app --cpus 4 --memory 4GiB --nat -it -- bash");
    VmSettings.describe(options);
  }

  @Override
  public int run(Invocation call) throws IOException {
    boolean isCommand = !call.parsed().command().isEmpty();
    try {
      return start(call, isCommand);
    } catch (Failure e) {
      throw isCommand ? Attachment.bangerFailed(e) : e;
    } catch (RpcException e) {
      throw isCommand ? Attachment.bangerFailed(Failure.of(e)) : Failure.of(e);
    }
  }

  private int start(Invocation call, boolean isCommand) throws IOException {
    Parsed parsed = call.parsed();
    Json.Builder settings = VmSettings.params(parsed);
    if (parsed.value("--name") != null) {
      settings.put("name", parsed.value("--name"));
    }
    if (parsed.flag("--rm")) {
      // Also when nobody is left here to delete it, whatever ended this process.
      settings.put("lease", true);
    }
    checkTerminal(call, isCommand);
    String path = repository(call.console(), parsed.argument(0));
    // Looked for before anything is made: without it a repository cannot get in.
    Optional<PluginCommand> importer =
        path == null
            ? Optional.empty()
            : PluginCommand.withRole(call.console(), call.client(), PluginCommand.RUN_IMPORT);
    if (path != null && importer.isEmpty()) {
      throw Failure.failed(
          "unavailable",
          "no active plugin puts repositories into VMs, so " + path + " cannot get in",
          parsed.argument(0) == null
              ? "banger plugin list; or run it from outside a repository"
              : "banger plugin list; or leave PATH out, outside a repository");
    }
    RunExport.check(call, isCommand, path);
    long began = System.nanoTime();
    Stages stages = isCommand ? Stages.shown(call, false) : Stages.streamed(call);
    Json vm = Operations.run(call, "vm.create", settings.done(), stages, true);
    int code;
    Json imported;
    try {
      if (!isCommand && !call.isJson() && !call.isQuiet()) {
        call.out().flush();
      }
      imported =
          importer.isEmpty()
              ? Json.NULL
              : importer.get().call(call, call.client(), importArguments(parsed, vm, path), stages);
      tellImport(call, imported);
      code =
          isCommand
              ? command(parsed, vm, imported).run(call)
              : tellReady(call, vm, imported, began);
    } catch (IOException | RuntimeException e) {
      if (parsed.flag("--rm")) {
        delete(call, vm);
      } else {
        tellKept(call, vm);
      }
      throw e;
    }
    boolean isKept = isCommand && !imported.isNull() && bringBack(call, vm);
    if (parsed.flag("--rm") && !isKept) {
      delete(call, vm);
    } else if (isCommand) {
      tellKept(call, vm);
    }
    return code;
  }

  /** A VM whose changes should have come back and did not is kept. */
  private static boolean bringBack(Invocation call, Json vm) {
    try {
      boolean isKept = new RunExport(call, vm, call.parsed().flag("--rm")).run();
      if (isKept) {
        keep(call, vm);
      }
      return isKept;
    } catch (Failure | RpcException e) {
      keep(call, vm);
      tellKept(call, vm);
      throw e;
    }
  }

  /** The daemon is not to delete it when this client is gone. */
  private static void keep(Invocation call, Json vm) {
    if (!call.parsed().flag("--rm")) {
      return;
    }
    try {
      call.call("vm.keep", Json.build().put("ref", vm.text("id")).done());
    } catch (RpcException | Failure e) {
      call.warn(vm.text("name") + " may be deleted when this command ends: " + e.getMessage());
    }
  }

  private static void checkTerminal(Invocation call, boolean isCommand) {
    boolean wants = call.parsed().flag("--tty") || call.parsed().flag("--interactive");
    if (wants && !isCommand) {
      throw Failure.usage("-i and -t need a command", "banger run -it -- bash");
    }
    if (call.parsed().flag("--tty")
        && !(call.console().inputTerminal() && call.console().outputTerminal())) {
      throw Failure.usage(
          "-t needs a terminal on standard input and output", "leave -t out, or use -i alone");
    }
  }

  /** The absolute path of what goes in, or null for nothing. */
  private static String repository(Console console, String path) {
    if (path != null) {
      Path absolute = console.directory().resolve(path).normalize();
      if (!Files.isDirectory(absolute)) {
        throw Failure.usage(
            Files.exists(absolute)
                ? absolute + " is not a directory"
                : "there is no directory " + absolute,
            "banger run PATH -- COMMAND...; the command comes after --");
      }
      return absolute.toString();
    }
    for (Path at = console.directory(); at != null; at = at.getParent()) {
      if (Files.exists(at.resolve(".git"))) {
        return at.toString();
      }
    }
    return null;
  }

  private static Json importArguments(Parsed parsed, Json vm, String path) {
    Json.Builder arguments = Json.build().put("vm", vm.text("id")).put("path", path);
    if (parsed.value("--mode") != null) {
      arguments.put("mode", parsed.value("--mode"));
    }
    return arguments.put("include-uncommitted", parsed.flag("--include-uncommitted")).done();
  }

  private static void tellImport(Invocation call, Json imported) {
    if (imported.isNull() || call.isQuiet() || call.isJson()) {
      return;
    }
    String branch = imported.text("branch");
    String message =
        imported.text("files")
            + (imported.get("files").number(0) == 1 ? " file, " : " files, ")
            + Quantities.bytes(imported.get("bytes").number(0))
            + (branch.isEmpty() ? "" : ", branch " + branch);
    Stages.shown(call, false)
        .stage(
            Json.build()
                .put("stage", "workspace")
                .put("status", "note")
                .put("message", message)
                .done());
  }

  private static GuestCommand command(Parsed parsed, Json vm, Json imported) {
    String destination = imported.text("dest");
    return new GuestCommand(
        vm.text("id"),
        parsed.command(),
        destination.isEmpty() ? HOME : destination,
        parsed.pairs("--env"),
        parsed.flag("--interactive"),
        parsed.flag("--tty"));
  }

  private static int tellReady(Invocation call, Json vm, Json imported, long began) {
    if (call.isJson()) {
      Json.Builder result = Json.build().put("result", vm);
      if (!imported.isNull()) {
        result.put("workspace", imported);
      }
      call.print(result.done());
      return 0;
    }
    if (call.isQuiet()) {
      call.say(vm.text("id"));
      return 0;
    }
    String name = vm.text("name");
    call.say("vm  " + Show.vmLine(vm));
    call.say("ready in " + Quantities.elapsed((System.nanoTime() - began) / 1_000_000));
    if (call.parsed().flag("--rm")) {
      return 0;
    }
    call.say("");
    int width = name.length() + (imported.isNull() ? 30 : 42);
    next(call, width, "banger ssh " + name, "a shell");
    next(call, width, "banger vm exec " + name + " -- make", "one command");
    if (!imported.isNull()) {
      RunExport.line(call, vm).ifPresent(line -> next(call, width, line, "changes come back"));
    }
    next(call, width, "banger rm " + name, "gone");
    return 0;
  }

  private static void next(Invocation call, int width, String line, String what) {
    call.say("  " + Text.pad(line, width) + what);
  }

  private static void tellKept(Invocation call, Json vm) {
    if (!call.isQuiet()) {
      call.out().flush();
      call.note(
          vm.text("name")
              + " is still running: banger ssh "
              + vm.text("name")
              + ", banger rm "
              + vm.text("name"));
    }
  }

  /** Over a connection of its own: the other one may be what broke. */
  private static void delete(Invocation call, Json vm) {
    call.out().flush();
    Json params =
        Json.build()
            .put("refs", Json.strings(List.of(vm.text("id"))))
            .put("all", false)
            .put("force", true)
            .done();
    try (BangerClient client = call.newClient()) {
      Json results = client.call("vm.delete", params).get("results");
      for (Json result : results.elements()) {
        if (!result.get("ok").truth(false)) {
          throw Failure.of(result.get("error"));
        }
      }
    } catch (RpcException | Failure e) {
      call.warn(
          vm.text("name")
              + " could not be deleted: "
              + e.getMessage()
              + "; banger rm "
              + vm.text("name"));
    }
  }
}
