package dev.banger.core.rpc.describe;

import static dev.banger.core.rpc.describe.Schemas.any;
import static dev.banger.core.rpc.describe.Schemas.list;
import static dev.banger.core.rpc.describe.Schemas.object;
import static dev.banger.core.rpc.describe.Schemas.open;
import static dev.banger.core.rpc.describe.Schemas.orNull;
import static dev.banger.core.rpc.describe.Schemas.text;
import static dev.banger.core.rpc.describe.Schemas.texts;
import static dev.banger.core.rpc.describe.Schemas.whole;

import dev.banger.client.Json;
import dev.banger.core.rpc.describe.Schemas.ObjectSchema;

/** Plugins as clients see them. */
final class PluginSchemas {
  private PluginSchemas() {}

  static void addTo(Json.Builder schemas) {
    schemas
        .put("Plugin", brief().done())
        .put("PluginFull", full())
        .put("PluginChange", change())
        .put("Installation", installation())
        .put("Trace", trace());
  }

  private static ObjectSchema brief() {
    return object("a plugin")
        .has("id", text(""))
        .has("version", text(""))
        .has("state", text("for example active, disabled or failed"))
        .has(
            "provides",
            object("")
                .has("steps", texts(""))
                .has("commands", texts(""))
                .has("checks", texts(""))
                .done())
        .has("reason", text("why it is not active; may be empty"))
        .has("description", text(""))
        .has("permissions", texts("what it says that it needs"))
        .has("origin", text("where it is from: bundled, installed or dev"));
  }

  private static Json full() {
    return brief()
        .has("requires", open("ids of other plugins, with the versions that fit"))
        .has(
            "steps",
            list(
                object("")
                    .has("name", text(""))
                    .may("phase", text(""))
                    .may("policy", text(""))
                    .may("after", texts(""))
                    .done(),
                "what it does for a VM"))
        .has("hooks", texts("what else it is called for"))
        .has(
            "config",
            list(
                object("")
                    .has("key", text(""))
                    .may("type", text(""))
                    .may("default", any("when the file does not say"))
                    .may("summary", text(""))
                    .done(),
                "the keys of its table in the configuration"))
        .has(
            "versions",
            list(
                object("")
                    .has("version", text(""))
                    .has("digest", text("SHA-256, hexadecimal"))
                    .has("state", text("active, draining or previous"))
                    .has("usedBy", texts("names of VMs"))
                    .done(),
                "those that are there"))
        .has("leaked", text("what an unloaded version left behind; empty when nothing"))
        .has(
            "leftovers",
            list(
                object("")
                    .has("vm", text(""))
                    .has("step", text(""))
                    .has("reason", text(""))
                    .has("attempts", whole(0, "so far"))
                    .has("retryAt", orNull(text("ISO 8601 in UTC")))
                    .done(),
                "what could not be taken back yet"))
        .done();
  }

  private static Json change() {
    return object("a plugin after a change")
        .has("id", text(""))
        .has("version", text(""))
        .has("state", text(""))
        .has("note", text("what it waits for, or what goes before it; may be empty"))
        .done();
  }

  private static Json installation() {
    return object("what was installed, or would be")
        .has("id", text(""))
        .has("version", text(""))
        .has("digest", text("SHA-256 of the file, hexadecimal"))
        .has("previousVersion", orNull(text("")))
        .has("permissions", texts("what it says that it needs"))
        .has(
            "adds",
            object("")
                .has("steps", texts(""))
                .has("commands", texts(""))
                .has("checks", texts(""))
                .has("hooks", texts(""))
                .done())
        .has("description", text(""))
        .has("state", text(""))
        .has("note", text("may be empty"))
        .done();
  }

  private static Json trace() {
    return object("a call into a plugin for a VM")
        .has("op", text("the operation"))
        .has("vm", text("its name"))
        .has("plugin", text("its id"))
        .has("version", text(""))
        .has("step", text(""))
        .has("phase", text(""))
        .has("action", text(""))
        .has("at", text("ISO 8601 in UTC"))
        .has("tookMs", whole(0, "in milliseconds"))
        .has("outcome", text(""))
        .has("message", text("may be empty"))
        .done();
  }
}
