package dev.banger.core.rpc.describe;

import static dev.banger.core.model.ErrorKind.GUEST;
import static dev.banger.core.model.ErrorKind.ILLEGAL_STATE;
import static dev.banger.core.model.ErrorKind.INVALID;
import static dev.banger.core.model.ErrorKind.TIMEOUT;
import static dev.banger.core.rpc.describe.MethodDoc.method;
import static dev.banger.core.rpc.describe.Schemas.object;
import static dev.banger.core.rpc.describe.Schemas.text;
import static dev.banger.core.rpc.describe.Schemas.textMap;
import static dev.banger.core.rpc.describe.Schemas.texts;
import static dev.banger.core.rpc.describe.Schemas.truth;
import static dev.banger.core.rpc.describe.Schemas.whole;
import static dev.banger.core.rpc.describe.Schemas.withDefault;

import dev.banger.client.Json;
import java.util.List;

/** The {@code vm.*} methods that are about what is inside a guest. */
final class GuestMethodDocs {
  private GuestMethodDocs() {}

  static List<MethodDoc> all() {
    return List.of(
        inside("vm.exec", "runs a command in a guest")
            .needs("command", texts("the program and its arguments; no shell reads them"))
            .takes("cwd", text("absolute, in the guest"))
            .takes("env", textMap("variables, besides those the guest has"))
            .takesFlag("tty", "gives it a terminal; else three pipes")
            .takes("rows", withDefault(whole(0, 65535, "of the terminal"), Json.of(24)))
            .takes("cols", withDefault(whole(0, 65535, "of the terminal"), Json.of(80)))
            .takes("stdin", withDefault(truth("passes standard input on"), Json.TRUE))
            .streams(),
        method("vm.logs", "sends what a guest's console printed, as STDOUT")
            .needsVm()
            .takes("tail", whole(0, "only the last lines, so many"))
            .takesFlag("follow", "goes on as more is printed, until the VM is down")
            .takesFlag("restarts", "goes on with follow when the VM is down")
            .streams(),
        inside(
                "vm.files.put",
                "unpacks a tar archive from STDIN in a guest; ends with EXIT 0 or ERROR")
            .needs("directory", text("absolute, in the guest"))
            .fails(INVALID)
            .streams(),
        inside(
                "vm.files.get",
                "sends a path of a guest as a tar archive on STDOUT; ends with EXIT 0 or ERROR")
            .needs("path", text("absolute, in the guest"))
            .fails(INVALID)
            .streams(),
        inside(
                "vm.files.stat",
                "tells what a path of a guest is; one that is not there is no error")
            .needs("path", text("absolute, in the guest"))
            .fails(INVALID)
            .example(
                Json.build().put("ref", "web").put("path", "/root").done(),
                Json.build().put("exists", true).put("directory", true).done())
            .answers(object("").has("exists", truth("")).has("directory", truth("")).done()),
        inside("vm.proxy", "connects to a TCP port of a guest's loopback (STDIN, STDOUT, EXIT 0)")
            .needs("port", whole(1, 65535, "in the guest"))
            .fails(INVALID)
            .streams());
  }

  private static MethodDoc.Builder inside(String name, String summary) {
    return method(name, summary).needsVm().fails(ILLEGAL_STATE, GUEST, TIMEOUT);
  }
}
