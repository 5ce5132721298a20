package dev.banger.core.rpc.describe;

import static dev.banger.core.model.ErrorKind.CONFLICT;
import static dev.banger.core.model.ErrorKind.GUEST;
import static dev.banger.core.model.ErrorKind.HOST;
import static dev.banger.core.model.ErrorKind.ILLEGAL_STATE;
import static dev.banger.core.model.ErrorKind.INVALID;
import static dev.banger.core.model.ErrorKind.NOT_FOUND;
import static dev.banger.core.model.ErrorKind.TIMEOUT;
import static dev.banger.core.model.ErrorKind.UNAVAILABLE;
import static dev.banger.core.rpc.describe.MethodDoc.method;
import static dev.banger.core.rpc.describe.Schemas.eitherOf;
import static dev.banger.core.rpc.describe.Schemas.list;
import static dev.banger.core.rpc.describe.Schemas.millis;
import static dev.banger.core.rpc.describe.Schemas.object;
import static dev.banger.core.rpc.describe.Schemas.ref;
import static dev.banger.core.rpc.describe.Schemas.text;
import static dev.banger.core.rpc.describe.Schemas.textMap;
import static dev.banger.core.rpc.describe.Schemas.texts;
import static dev.banger.core.rpc.describe.Schemas.truth;
import static dev.banger.core.rpc.describe.Schemas.whole;
import static dev.banger.core.rpc.describe.Schemas.withDefault;

import dev.banger.client.Json;
import java.util.List;

/** The {@code vm.*} methods that are not about what is inside a guest. */
final class VmMethodDocs {
  private static final long MAX_DISK_MIB = 8L * 1024 * 1024;

  private VmMethodDocs() {}

  static List<MethodDoc> all() {
    return List.of(
        create(),
        changing("vm.start", "starts VMs")
            .takes("timeoutMs", millis("how long a guest may take to be ready"))
            .fails(HOST, GUEST, TIMEOUT, UNAVAILABLE)
            .answers(ref("Results")),
        changing("vm.stop", "stops VMs: the guest is asked to shut down")
            .takes("timeoutMs", millis("how long a guest may take for it, before it is cut off"))
            .takesFlag("force", "cuts off a guest that does not shut down by itself")
            .example(
                Json.build().put("refs", Json.strings(List.of("web"))).done(),
                Json.build().put("results", Json.array(List.of(Examples.notFound("web")))).done())
            .answers(ref("Results")),
        changing("vm.restart", "stops VMs and starts them again")
            .takes("timeoutMs", millis("how long a guest may take to shut down"))
            .fails(HOST, GUEST, TIMEOUT, UNAVAILABLE)
            .answers(ref("Results")),
        changing("vm.kill", "cuts VMs off, as by pulling the plug").answers(ref("Results")),
        changing("vm.delete", "deletes VMs and their disks; those that run are stopped first")
            .takesFlag("force", "cuts off a guest that does not shut down by itself")
            .answers(ref("Results")),
        changing("vm.pause", "holds VMs still; their memory stays").answers(ref("Results")),
        changing("vm.resume", "lets paused VMs go on").answers(ref("Results")),
        changing("vm.repair", "takes back what a failed VM left, so that it can be used again")
            .answers(ref("Results")),
        set(),
        method("vm.touch", "says that running VMs are in use now")
            .takesVms()
            .fails(ILLEGAL_STATE)
            .answers(ref("Results")),
        method("vm.keep", "ends this connection's lease of a VM")
            .needsVm()
            .answers(object("").has("id", text("the VM's")).has("wasLeased", truth("")).done()),
        method("vm.list", "lists the VMs for which all conditions hold")
            .takes("labels", textMap("that have all of these"))
            .takes("labelKeys", texts("that have all of these labels, whatever their values"))
            .takes("states", texts("that are in one of these states"))
            .takes("image", text("that were made from this image"))
            .takes("fields", texts("only these fields of each VM; all without it"))
            .example(Json.build().done(), Json.array(List.of(Examples.vm())))
            .answers(list(eitherOf(ref("Vm"), ref("VmPart")), "")),
        method("vm.show", "tells all that is known of VMs")
            .takesVms()
            .answers(ref("VmFullResults")),
        method("vm.health", "asks the agents of VMs how they are; up to 10 s each")
            .takesVms()
            .fails(ILLEGAL_STATE, GUEST, TIMEOUT)
            .answers(ref("HealthResults")),
        method("vm.stats", "tells what VMs use")
            .takesVms()
            .takesFlag("running", "of those that are not named only what runs")
            .answers(ref("StatsResults")),
        method("vm.wait", "waits until VMs are as wanted")
            .needs(
                "for", Schemas.choice("what to wait for", "running", "ready", "stopped", "deleted"))
            .takes("ref", text("one VM; its answer is no list then"))
            .takesVms()
            .takes("timeoutMs", withDefault(millis("how long"), Json.of(60_000)))
            .fails(TIMEOUT)
            .example(Json.build().put("ref", "web").put("for", "ready").done(), Examples.vm())
            .answers(eitherOf(ref("Vm"), ref("GoneVm"), ref("WaitResults"))));
  }

  private static MethodDoc.Builder changing(String name, String summary) {
    return method(name, summary)
        .takesVms()
        .takesFlag("detach", "answers at once with the operations")
        .sendsStages()
        .fails(ILLEGAL_STATE, CONFLICT);
  }

  private static MethodDoc create() {
    return method("vm.create", "makes a VM, and starts it")
        .takes(
            "name",
            Schemas.matching(
                "^[a-z0-9]([a-z0-9-]{0,38}[a-z0-9])?$", "unique; one is made up without it"))
        .takes("image", text("the name of an image; the configuration has the default"))
        .takes("cpus", whole(1, 64, "virtual CPUs, at most 8 for each of the host's"))
        .takes("memoryMiB", whole(64, "memory, in MiB; at most the host's"))
        .takes("diskMiB", whole(16, MAX_DISK_MIB, "root disk, in MiB; at least the image's"))
        .takes("workDiskMiB", whole(0, MAX_DISK_MIB, "work disk, in MiB; 0 for none"))
        .takes("nat", withDefault(truth("may open connections to the outside"), Json.TRUE))
        .takes("driver", text("auto, qemu or firecracker; the configuration has the default"))
        .takes("labels", textMap("at most 32, values of at most 256 characters"))
        .takes("start", withDefault(truth("starts it, and answers when it is ready"), Json.TRUE))
        .takesFlag("keepFailed", "keeps a VM that did not start, to look into")
        .takes("timeoutMs", millis("how long the guest may take to be ready"))
        .takesFlag("detach", "answers at once with the operation")
        .takesFlag("lease", "deletes it when this connection ends, unless vm.keep was called")
        .sendsStages()
        .fails(INVALID, NOT_FOUND, CONFLICT, UNAVAILABLE, TIMEOUT, GUEST, HOST)
        .example(Json.build().put("name", "web").put("cpus", 2).done(), Examples.vm())
        .answers(
            eitherOf(
                ref("Vm"), object("with detach").has("op", text("the operation's id")).done()));
  }

  private static MethodDoc set() {
    return changing("vm.set", "changes what VMs are; a note says from when on it holds")
        .takes("cpus", whole(1, 64, "virtual CPUs"))
        .takes("memoryMiB", whole(64, "memory, in MiB"))
        .takes("workDiskMiB", whole(0, MAX_DISK_MIB, "work disk, in MiB; it only grows"))
        .takes("nat", truth("may open connections to the outside"))
        .takes("setLabels", textMap("labels to set; labels chooses VMs"))
        .takes("unsetLabels", texts("labels to take off"))
        .fails(INVALID, HOST)
        .answers(ref("Results"));
  }
}
