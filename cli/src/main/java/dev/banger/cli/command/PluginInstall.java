package dev.banger.cli.command;

import dev.banger.cli.base.Command;
import dev.banger.cli.base.Failure;
import dev.banger.cli.base.Invocation;
import dev.banger.cli.base.Operations;
import dev.banger.cli.base.Options;
import dev.banger.cli.base.Question;
import dev.banger.cli.daemon.Manifests;
import dev.banger.cli.term.Text;
import dev.banger.client.Json;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/** {@code banger plugin install}. */
public final class PluginInstall implements Command {
  private static final int DIGEST_DIGITS = 64;

  @Override
  public void describe(Options options) {
    options
        .summary("install a plugin, or another version of one")
        .description(
            "Shows what the plugin wants and adds, and asks. What was shown is what is installed: a file\n"
                + "that changed in between is refused. A version that VMs use stays until they are stopped.")
        .positional("FILE", "path", 1, 1, "the plugin's zip")
        .flag("--yes", "do not ask")
        .value("--digest", "SHA256", "the file must be this one, 64 hexadecimal digits")
        .example("banger plugin install target/audit-0.1.0.zip")
        .example("banger plugin install audit-0.1.0.zip --yes -o json");
  }

  @Override
  public int run(Invocation call) {
    Path file = file(call);
    String digest = digest(call.parsed().value("--digest"));
    Json wanted = install(call, file, digest, true);
    String what = name(wanted) + " " + wants(wanted);
    if (call.parsed().flag("--yes")) {
      if (!call.isQuiet() && !call.isJson()) {
        call.note(what);
      }
    } else if (!Question.canBeAsked(call.console())) {
      throw Failure.usage(
          name(wanted) + " was not installed: there is no terminal to ask on. It " + wants(wanted),
          "banger plugin install "
              + Text.shellQuote(call.parsed().argument(0))
              + " --yes --digest "
              + wanted.text("digest"));
    } else if (!Question.isYes(call.console(), what + " Install?")) {
      throw Failure.failed("conflict", name(wanted) + " was not installed", "");
    }
    Json done = install(call, file, digest == null ? wanted.text("digest") : digest, false);
    Manifests.refresh(call.console(), call.client());
    tell(call, done);
    return 0;
  }

  private static Path file(Invocation call) {
    String typed = call.parsed().argument(0);
    Path file = Path.of(PluginCommand.absolute(call.console(), typed));
    if (!Files.exists(file)) {
      throw Failure.usage("there is no file " + file, "banger plugin install FILE.zip");
    }
    return file;
  }

  private static String digest(String typed) {
    if (typed == null) {
      return null;
    }
    String digest = typed.toLowerCase(Locale.ROOT);
    if (digest.startsWith("sha256:")) {
      digest = digest.substring("sha256:".length());
    }
    for (int i = 0; i < digest.length(); i++) {
      if (Character.digit(digest.charAt(i), 16) < 0 || digest.charAt(i) > 'f') {
        digest = "";
      }
    }
    if (digest.length() != DIGEST_DIGITS) {
      throw Failure.usage(
          "--digest must be 64 hexadecimal digits, got \"" + typed + "\"",
          "sha256sum FILE prints it");
    }
    return digest;
  }

  private static Json install(Invocation call, Path file, String digest, boolean isDryRun) {
    Json.Builder params = Json.build().put("file", file.toString());
    if (digest != null && !digest.isEmpty()) {
      params.put("digest", digest);
    }
    params.put("dryRun", isDryRun);
    return Operations.run(
        call, "plugin.install", params.done(), PluginSwitch.stages(call), !isDryRun);
  }

  /** {@code audit 0.1.0}, or {@code audit 0.1.0 -> 0.2.0}. */
  private static String name(Json plugin) {
    String previous = plugin.text("previousVersion");
    return plugin.text("id")
        + " "
        + (previous.isEmpty() ? "" : previous + " -> ")
        + plugin.text("version");
  }

  private static String wants(Json plugin) {
    List<String> permissions = plugin.get("permissions").texts();
    String adds = PluginWords.adds(plugin.get("adds"));
    return (permissions.isEmpty()
            ? "wants no permissions."
            : "wants: " + PluginWords.permissions(permissions) + ".")
        + (adds.isEmpty() ? " It adds nothing." : " It adds: " + adds + ".");
  }

  private static void tell(Invocation call, Json done) {
    String id = done.text("id");
    if (call.isJson()) {
      call.print(done);
    } else if (call.isQuiet()) {
      call.say(id);
    } else {
      String note = done.text("note");
      boolean isUpgrade = !done.text("previousVersion").isEmpty();
      call.say(
          "installed; "
              + done.text("state")
              + (note.isEmpty() ? "" : "; " + note)
              + "; undo with: banger plugin "
              + (isUpgrade ? "rollback " : "remove ")
              + id);
    }
  }
}
