package dev.banger.core.rpc.describe;

import static dev.banger.core.model.ErrorKind.CONFLICT;
import static dev.banger.core.model.ErrorKind.HOST;
import static dev.banger.core.model.ErrorKind.ILLEGAL_STATE;
import static dev.banger.core.model.ErrorKind.INVALID;
import static dev.banger.core.model.ErrorKind.NOT_FOUND;
import static dev.banger.core.model.ErrorKind.UNAVAILABLE;
import static dev.banger.core.rpc.describe.MethodDoc.method;
import static dev.banger.core.rpc.describe.Schemas.any;
import static dev.banger.core.rpc.describe.Schemas.list;
import static dev.banger.core.rpc.describe.Schemas.object;
import static dev.banger.core.rpc.describe.Schemas.open;
import static dev.banger.core.rpc.describe.Schemas.ref;
import static dev.banger.core.rpc.describe.Schemas.text;
import static dev.banger.core.rpc.describe.Schemas.whole;
import static dev.banger.core.rpc.describe.Schemas.withDefault;

import dev.banger.client.Json;
import java.util.List;

/** The {@code plugin.*} methods. */
final class PluginMethodDocs {
  private PluginMethodDocs() {}

  static List<MethodDoc> all() {
    return List.of(
        method("plugin.list", "lists the plugins").answers(list(ref("Plugin"), "")),
        of("plugin.info", "tells all that is known of a plugin").answers(ref("PluginFull")),
        method("plugin.manifests", "tells what commands the active plugins add")
            .answers(
                object("")
                    .has("digest", text("SHA-256, hexadecimal; changes when a manifest does"))
                    .has("plugins", list(open("a manifest"), ""))
                    .done()),
        command("plugin.call", "runs a command of a plugin; one of mode live sends rows")
            .sendsStages()
            .answers(any("the command's result")),
        command("plugin.stream", "attaches to a command of a plugin, of mode attach")
            .takesFlag("tty", "gives it a terminal; else three pipes")
            .takes("rows", withDefault(whole(0, 65535, "of the terminal"), Json.of(24)))
            .takes("cols", withDefault(whole(0, 65535, "of the terminal"), Json.of(80)))
            .streams(),
        method("plugin.install", "installs a plugin from a zip, or only checks it")
            .needs("file", text("absolute, on the host"))
            .takes("digest", text("what the file's SHA-256 must be, hexadecimal"))
            .takesFlag("dryRun", "only checks it")
            .fails(INVALID, CONFLICT, HOST)
            .answers(ref("Installation")),
        changing("plugin.enable", "switches a plugin on").answers(ref("PluginChange")),
        changing("plugin.disable", "switches a plugin off").answers(ref("PluginChange")),
        changing("plugin.rollback", "goes back to the version before").answers(ref("PluginChange")),
        changing("plugin.reload", "loads a plugin and its configuration anew")
            .answers(ref("PluginChange")),
        changing("plugin.remove", "removes an installed plugin")
            .takesFlag("purge", "drops what it keeps, too")
            .answers(ref("PluginChange")),
        method("plugin.dev", "loads a plugin from its project, until undev or the daemon's end")
            .needs("dir", text("the project, absolute"))
            .fails(INVALID, NOT_FOUND, CONFLICT)
            .answers(ref("PluginChange")),
        changing("plugin.undev", "ends plugin.dev").answers(ref("PluginChange")),
        method("plugin.trace", "tells the calls into plugins for VMs, oldest first")
            .takes("op", text("only of this operation"))
            .takes("ref", text("only for this VM: a name, an id or a unique prefix of an id"))
            .takes("limit", withDefault(whole(0, 10_000, "the last so many"), Json.of(200)))
            .fails(NOT_FOUND)
            .answers(list(ref("Trace"), "")));
  }

  private static MethodDoc.Builder of(String name, String summary) {
    return method(name, summary).needs("id", text("the plugin's")).fails(NOT_FOUND);
  }

  private static MethodDoc.Builder changing(String name, String summary) {
    return of(name, summary).fails(ILLEGAL_STATE, CONFLICT);
  }

  private static MethodDoc.Builder command(String name, String summary) {
    return method(name, summary)
        .needs("plugin", text("its id"))
        .needs("command", text("its path, words with a space between"))
        .takes("args", open("arguments and options by their names"))
        .takes("cwd", withDefault(text("where the client is, absolute"), Json.of("/")))
        .fails(NOT_FOUND, UNAVAILABLE, INVALID);
  }
}
