package dev.banger.core.rpc.describe;

import static dev.banger.core.rpc.describe.Schemas.eitherOf;
import static dev.banger.core.rpc.describe.Schemas.list;
import static dev.banger.core.rpc.describe.Schemas.number;
import static dev.banger.core.rpc.describe.Schemas.object;
import static dev.banger.core.rpc.describe.Schemas.open;
import static dev.banger.core.rpc.describe.Schemas.orNull;
import static dev.banger.core.rpc.describe.Schemas.ref;
import static dev.banger.core.rpc.describe.Schemas.text;
import static dev.banger.core.rpc.describe.Schemas.textMap;
import static dev.banger.core.rpc.describe.Schemas.texts;
import static dev.banger.core.rpc.describe.Schemas.truth;
import static dev.banger.core.rpc.describe.Schemas.whole;

import dev.banger.client.Json;
import dev.banger.core.rpc.describe.Schemas.ObjectSchema;

/** VMs as clients see them. */
final class VmSchemas {
  private VmSchemas() {}

  static void addTo(Json.Builder schemas) {
    schemas
        .put("Vm", brief().done())
        .put("VmFull", full())
        .put("Health", health())
        .put(
            "Results",
            SharedSchemas.results(
                SharedSchemas.succeeded()
                    .has("vm", ref("Vm"))
                    .has("elapsedMs", whole(0, "how long it took, in milliseconds"))
                    .has("note", text("a short remark, for example already running; may be empty")),
                SharedSchemas.succeeded().has("op", text("with detach: the operation"))))
        .put(
            "WaitResults",
            SharedSchemas.results(
                SharedSchemas.succeeded().has("vm", eitherOf(ref("Vm"), ref("GoneVm")))))
        .put("GoneVm", gone())
        .put("VmPart", brief().part("the fields of a VM that were asked for"))
        .put(
            "VmFullResults",
            SharedSchemas.results(SharedSchemas.succeeded().has("vm", ref("VmFull"))))
        .put(
            "HealthResults",
            SharedSchemas.results(
                SharedSchemas.succeeded().has("vm", ref("Vm")).has("health", ref("Health"))))
        .put(
            "StatsResults",
            SharedSchemas.results(
                SharedSchemas.succeeded().has("vm", named()).has("stats", ref("Stats"))))
        .put("Stats", stats());
  }

  private static Json gone() {
    return object("a VM that is deleted")
        .has("id", text("empty when there was none of that name"))
        .has("name", text(""))
        .has("state", Schemas.choice("", "deleted"))
        .done();
  }

  private static Json named() {
    return object("which VM")
        .has("id", text(""))
        .has("name", text(""))
        .has("state", text("as in Vm"))
        .may("paused", text("why it is paused, a sentence; only while it is"))
        .done();
  }

  private static Json stats() {
    ObjectSchema stats =
        object("what a VM uses; null for what is not known")
            .has("state", text("as in Vm"))
            .has("cpuPercent", orNull(number("of one CPU of the host, with one decimal")))
            .has("cpus", whole(1, "virtual CPUs"))
            .has("memoryMiB", whole(1, "in MiB"))
            .has("diskMiB", whole(0, "in MiB"))
            .has("workDiskMiB", whole(0, "in MiB"));
    String[][] counts = {
      {"memoryUsedMiB", "of the host's memory, in MiB"},
      {"guestMemoryUsedMiB", "as the guest says, in MiB"},
      {"diskUsedMiB", "on the host, in MiB"},
      {"workDiskUsedMiB", "on the host, in MiB"},
      {"diskReadBytes", "since its start"},
      {"diskWrittenBytes", "since its start"},
      {"netReceivedBytes", "since its start, as the guest sees it"},
      {"netSentBytes", "since its start, as the guest sees it"},
      {"uptimeSeconds", "since its start, in seconds"},
    };
    for (String[] count : counts) {
      stats.has(count[0], orNull(whole(0, count[1])));
    }
    return stats.done();
  }

  private static ObjectSchema brief() {
    return object("a VM")
        .has("id", text("12 hexadecimal digits, never used again"))
        .has("name", text("unique among the VMs that are there"))
        .has(
            "state",
            Schemas.choice(
                "",
                "stopped",
                "starting",
                "running",
                "stopping",
                "failed",
                "cleanupPending",
                "deleting"))
        .has("image", text("the image it was made from"))
        .has("cpus", whole(1, "virtual CPUs"))
        .has("memoryMiB", whole(1, "memory, in MiB"))
        .has("diskMiB", whole(0, "root disk, in MiB"))
        .has("workDiskMiB", whole(0, "work disk, in MiB; 0 for none"))
        .has("nat", truth("whether it may open connections to the outside"))
        .has("driver", text("what runs it, or what was asked for"))
        .has("accel", orNull(text("kvm or tcg; null when it does not run")))
        .has("ip", text("its address as seen from the host; may be empty"))
        .has("dnsName", text("its name, when a plugin gave it one; may be empty"))
        .has("createdAt", text("ISO 8601 in UTC"))
        .has("startedAt", orNull(text("ISO 8601 in UTC; null when it does not run")))
        .has("degraded", texts("what does not work, a sentence each"))
        .has("labels", textMap(""))
        .may("pending", open("what differs from its next start on, by the names of the fields"))
        .may("paused", text("why it is paused, a sentence; only while it is"))
        .may("reason", text("why it is failed or cleanupPending; only then"));
  }

  private static Json full() {
    return brief()
        .has(
            "handles",
            orNull(
                object("its process; null when it does not run")
                    .has("pid", whole(1, ""))
                    .has("driver", text(""))
                    .has("accel", text("kvm or tcg"))
                    .has("agentConnected", truth("whether the guest's agent is connected now"))
                    .may("guestBootId", text("changes with each boot of the guest"))
                    .done()))
        .has(
            "network",
            object("")
                .has("mode", text(""))
                .has("address", text(""))
                .has("device", text("may be empty"))
                .has("bridge", text("may be empty"))
                .has("subnet", text("may be empty"))
                .has("outbound", truth("as nat"))
                .done())
        .has(
            "plugins",
            list(
                object("a step of a plugin")
                    .has("plugin", text("its id"))
                    .has("version", text(""))
                    .has("step", text(""))
                    .has("phase", text(""))
                    .has("policy", text(""))
                    .has("state", text("starting, started, skipped, failed or stop-failed"))
                    .has("note", text("may be empty"))
                    .has("reason", text("why it is not simply started; may be empty"))
                    .done(),
                ""))
        .has(
            "endpoints",
            list(
                object("where something of it is reached")
                    .has("plugin", text("its id"))
                    .has("name", text(""))
                    .has("uri", text(""))
                    .done(),
                ""))
        .has("remarks", texts("what plugins have to say of it now, a sentence each"))
        .has("lastError", text("may be empty"))
        .has(
            "rootDisk",
            orNull(
                object("null when there is none")
                    .has("kind", text(""))
                    .has("path", text("on the host"))
                    .has("usedBytes", whole(-1, "what it takes on the host, in bytes"))
                    .done()))
        .has(
            "paths",
            object("files on the host")
                .has("dir", text(""))
                .has("rootDisk", text(""))
                .has("workDisk", text(""))
                .has("console", text(""))
                .has("vmmLog", text(""))
                .done())
        .done();
  }

  private static Json health() {
    return object("what the guest's agent says")
        .has("kernel", text("its version"))
        .has("bootId", text("changes with each boot"))
        .has("agentVersion", text(""))
        .has("uptimeSeconds", whole(0, "since the guest's boot, in seconds"))
        .has("load1", number("load average of the last minute"))
        .has("memoryTotalMiB", whole(0, "in MiB"))
        .has("memoryAvailableMiB", whole(0, "in MiB"))
        .has("initDone", truth("whether the guest has finished booting"))
        .done();
  }
}
