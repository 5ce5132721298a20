package dev.banger.core.rpc.describe;

import static dev.banger.core.rpc.describe.Schemas.any;
import static dev.banger.core.rpc.describe.Schemas.choice;
import static dev.banger.core.rpc.describe.Schemas.eitherOf;
import static dev.banger.core.rpc.describe.Schemas.exactly;
import static dev.banger.core.rpc.describe.Schemas.list;
import static dev.banger.core.rpc.describe.Schemas.object;
import static dev.banger.core.rpc.describe.Schemas.orNull;
import static dev.banger.core.rpc.describe.Schemas.ref;
import static dev.banger.core.rpc.describe.Schemas.text;
import static dev.banger.core.rpc.describe.Schemas.texts;
import static dev.banger.core.rpc.describe.Schemas.truth;
import static dev.banger.core.rpc.describe.Schemas.whole;

import dev.banger.client.Json;
import dev.banger.core.model.ErrorKind;
import dev.banger.core.rpc.describe.Schemas.ObjectSchema;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** What several methods answer with. */
final class SharedSchemas {
  private SharedSchemas() {}

  static Json all() {
    Json.Builder all = Json.build();
    VmSchemas.addTo(all);
    PluginSchemas.addTo(all);
    return all.put("Error", error())
        .put("Failed", failed())
        .put("Stream", stream())
        .put("Stage", stage())
        .put("Operation", operation(false))
        .put("OperationFull", operation(true))
        .put("Image", image(false))
        .put("ImageFull", image(true))
        .put("Check", check())
        .put("Setting", setting())
        .put("DaemonStatus", daemonStatus())
        .done();
  }

  private static Json error() {
    String[] kinds =
        Arrays.stream(ErrorKind.values()).map(ErrorKind::wireName).toArray(String[]::new);
    return object("why something failed")
        .has("kind", choice("for programs", kinds))
        .has("message", text("one sentence for people"))
        .has("hint", text("what to type or do next; may be empty"))
        .has("details", texts("further lines, for example the end of a guest's console"))
        .done();
  }

  private static Json failed() {
    return object("one VM of several, for which the request failed")
        .has("ref", text("as it was given"))
        .has("ok", exactly(false))
        .has("error", ref("Error"))
        .done();
  }

  /** What a request on several VMs answers, one entry for each of them. */
  static Json results(ObjectSchema... succeeded) {
    List<Json> entries = new ArrayList<>();
    for (ObjectSchema entry : succeeded) {
      entries.add(entry.done());
    }
    entries.add(ref("Failed"));
    return object("one entry for each VM, in first-seen order")
        .has("results", list(eitherOf(entries.toArray(Json[]::new)), ""))
        .done();
  }

  /** One VM of several, for which the request went well; its further fields are to be added. */
  static ObjectSchema succeeded() {
    return object("one VM of several")
        .has("ref", text("as it was given, or the VM's name"))
        .has("ok", exactly(true));
  }

  private static Json stream() {
    return object("from now on the connection carries frames").has("stream", exactly(true)).done();
  }

  private static Json stage() {
    return object("a step of an operation")
        .has("op", text("the operation, for example op-3"))
        .has("vm", text("the VM's name; may be empty"))
        .has("stage", text("in snake case, or the id of a plugin"))
        .has("status", choice("", "started", "done", "failed", "skipped", "note"))
        .has("elapsedMs", whole(0, "since the stage began, in milliseconds"))
        .has("message", text("for people; may be empty"))
        .done();
  }

  private static Json operation(boolean isFull) {
    ObjectSchema operation =
        object("something that takes its time, or took it")
            .has("id", text("for example op-3"))
            .has("kind", text("what is done, for example create"))
            .has("vm", text("the VM's name; empty when it is about none"))
            .has("state", choice("", "running", "done", "failed", "cancelled"))
            .has("startedAt", text("ISO 8601 in UTC"))
            .has("endedAt", orNull(text("ISO 8601 in UTC")))
            .has("error", orNull(ref("Error")));
    return isFull
        ? operation.has("stages", list(ref("Stage"), "from the first on")).done()
        : operation.done();
  }

  private static Json image(boolean isFull) {
    ObjectSchema image =
        object("what VMs are made from")
            .has("name", text(""))
            .has("kernel", text("its version"))
            .has("diskMiB", whole(0, "the least a VM's root disk must have, in MiB"))
            .has("sizeMiB", whole(0, "what it takes on the host, in MiB"))
            .has("description", text(""))
            .has("createdAt", text("ISO 8601 in UTC"))
            .has("vms", texts("names of the VMs made from it"));
    return isFull
        ? image
            .has(
                "paths",
                object("files on the host")
                    .has("kernel", text(""))
                    .has("initrd", text(""))
                    .has("rootfs", text(""))
                    .done())
            .done()
        : image.done();
  }

  private static Json check() {
    return object("what was looked at on this host")
        .has("id", text(""))
        .has("source", text("core, or the id of a plugin"))
        .has("status", text("ok, warning or failed"))
        .has("summary", text("one sentence"))
        .has("remedy", text("what to type or do; empty when all is well"))
        .may("fixed", text("what was done about it; only with fix"))
        .done();
  }

  private static Json setting() {
    return object("one value of the configuration")
        .has("key", text("with its table, for example network.mode"))
        .has("value", any("as it holds"))
        .has("source", text("default, file, or a variable of the environment"))
        .done();
  }

  private static Json daemonStatus() {
    return object("the daemon and what it has found")
        .has("running", exactly(true))
        .has("pid", whole(1, ""))
        .has("version", text(""))
        .has("uptimeSeconds", whole(0, "since its start, in seconds"))
        .may("startedBy", text("systemd or banger"))
        .has("socket", text("its path"))
        .has(
            "vms",
            object("how many").has("running", whole(0, "")).has("total", whole(0, "")).done())
        .has(
            "drivers",
            list(
                object("a way to run VMs")
                    .has("name", text(""))
                    .has("usable", truth(""))
                    .has("accel", text("kvm or tcg"))
                    .has("version", text("of its program; may be empty"))
                    .has("reason", text("why it is not usable, or not faster; may be empty"))
                    .done(),
                ""))
        .has(
            "network",
            object("how guests reach the world")
                .has("mode", text(""))
                .has("bridge", text("may be empty"))
                .has("subnet", text("may be empty"))
                .has("reason", text("why this mode"))
                .has("problem", text("may be empty"))
                .done())
        .has("plugins", list(ref("Plugin"), ""))
        .has("listeners", texts("for example unix:/run/user/1000/banger/d.sock"))
        .has("problems", texts("what could not be put right at the start, a sentence each"))
        .done();
  }
}
