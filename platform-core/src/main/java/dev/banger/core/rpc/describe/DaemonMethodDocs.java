package dev.banger.core.rpc.describe;

import static dev.banger.core.model.ErrorKind.UNAVAILABLE;
import static dev.banger.core.rpc.describe.MethodDoc.method;
import static dev.banger.core.rpc.describe.Schemas.exactly;
import static dev.banger.core.rpc.describe.Schemas.object;
import static dev.banger.core.rpc.describe.Schemas.open;
import static dev.banger.core.rpc.describe.Schemas.ref;
import static dev.banger.core.rpc.describe.Schemas.text;
import static dev.banger.core.rpc.describe.Schemas.whole;

import dev.banger.client.Json;
import java.util.List;

/** The {@code daemon.*} methods, and {@code rpc.discover}. */
final class DaemonMethodDocs {
  private DaemonMethodDocs() {}

  static List<MethodDoc> all() {
    return List.of(
        method("daemon.hello", "says who calls and hears who answers; sent first, if at all")
            .needs("client", text("for people, for example banger 0.1.0; at most 100 characters"))
            .needs("protocol", whole(1, "what the client speaks"))
            .fails(UNAVAILABLE)
            .example(
                Json.build().put("client", "banger 0.1.0").put("protocol", 1).done(),
                Json.build()
                    .put("daemon", "banger 0.1.0")
                    .put("protocol", 1)
                    .put("minProtocol", 1)
                    .done())
            .answers(
                object("")
                    .has("daemon", text("for people, for example banger 0.1.0"))
                    .has("protocol", whole(1, "the newest that the daemon speaks"))
                    .has("minProtocol", whole(1, "the oldest that it speaks"))
                    .done()),
        method("daemon.ping", "answers, also while the daemon is still starting")
            .example(
                Json.build().done(),
                Json.build().put("version", "0.1.0").put("protocol", 1).put("pid", 4711).done())
            .answers(
                object("")
                    .has("version", text("the daemon's"))
                    .has("protocol", whole(1, "what it speaks"))
                    .has("pid", whole(1, "its process"))
                    .done()),
        method("daemon.status", "tells what the daemon has found").answers(ref("DaemonStatus")),
        method("daemon.stop", "ends the daemon; VMs keep running")
            .example(Json.build().done(), Json.build().put("stopping", true).done())
            .answers(
                object("")
                    .has("stopping", exactly(true))
                    .may("startedBy", text("systemd, where that goes on listening, or banger"))
                    .done()),
        method("rpc.discover", "tells all this, as an OpenRPC document")
            .answers(open("an OpenRPC document")));
  }
}
