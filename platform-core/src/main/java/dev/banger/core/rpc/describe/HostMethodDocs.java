package dev.banger.core.rpc.describe;

import static dev.banger.core.model.ErrorKind.CONFLICT;
import static dev.banger.core.model.ErrorKind.HOST;
import static dev.banger.core.model.ErrorKind.ILLEGAL_STATE;
import static dev.banger.core.model.ErrorKind.INVALID;
import static dev.banger.core.model.ErrorKind.NOT_FOUND;
import static dev.banger.core.model.ErrorKind.UNAVAILABLE;
import static dev.banger.core.rpc.describe.MethodDoc.method;
import static dev.banger.core.rpc.describe.Schemas.exactly;
import static dev.banger.core.rpc.describe.Schemas.list;
import static dev.banger.core.rpc.describe.Schemas.object;
import static dev.banger.core.rpc.describe.Schemas.ref;
import static dev.banger.core.rpc.describe.Schemas.text;
import static dev.banger.core.rpc.describe.Schemas.texts;
import static dev.banger.core.rpc.describe.Schemas.whole;
import static dev.banger.core.rpc.describe.Schemas.withDefault;

import dev.banger.client.Json;
import java.util.List;

/** The methods about images, operations and this host. */
final class HostMethodDocs {
  private static final Json IMAGE = text("an image's name");
  private static final Json OPERATION = text("for example op-3");

  private HostMethodDocs() {}

  static List<MethodDoc> all() {
    return List.of(
        method("image.list", "lists the images; a broken one is a warning")
            .answers(list(ref("Image"), "")),
        method("image.show", "tells all that is known of an image")
            .needs("name", IMAGE)
            .fails(NOT_FOUND)
            .answers(ref("ImageFull")),
        method("image.delete", "deletes an image that no VM is made from")
            .needs("name", IMAGE)
            .fails(NOT_FOUND, CONFLICT)
            .example(
                Json.build().put("name", "tiny").done(),
                Json.build().put("name", "tiny").put("deleted", true).done())
            .answers(object("").has("name", text("")).has("deleted", exactly(true)).done()),
        method("image.import", "makes an image")
            .needs("kind", Schemas.choice("what it is made of", "tiny", "debian"))
            .takes("name", text("as the kind without it"))
            .takes("suite", text("of Debian, for example bookworm"))
            .takes("packages", texts("further packages of Debian"))
            .takes("mirror", text("where Debian's packages are from"))
            .sendsStages()
            .fails(INVALID, CONFLICT, UNAVAILABLE, HOST)
            .answers(ref("ImageFull")),
        method("op.list", "lists operations, those that run and the last that ended")
            .takes("vm", text("only of this VM: a name, an id or a unique prefix of an id"))
            .takesFlag("running", "only those that run")
            .takes("limit", withDefault(whole(1, 500, "the last so many"), Json.of(100)))
            .answers(list(ref("Operation"), "")),
        method("op.show", "tells all that is known of an operation")
            .needs("id", OPERATION)
            .fails(NOT_FOUND)
            .answers(ref("OperationFull")),
        method("op.watch", "sends an operation's stages from the first on, until it has ended")
            .needs("id", OPERATION)
            .sendsStages()
            .fails(NOT_FOUND)
            .answers(ref("OperationFull")),
        method("op.cancel", "asks an operation to end and to take back what it did")
            .needs("id", OPERATION)
            .fails(NOT_FOUND, ILLEGAL_STATE)
            .example(
                Json.build().put("id", "op-3").done(),
                Json.build().put("id", "op-3").put("cancelling", true).done())
            .answers(object("").has("id", text("")).has("cancelling", exactly(true)).done()),
        method("doctor.run", "looks whether this host has what is needed")
            .takesFlag("fix", "mends what can be mended, one after the other, at most 30 s each")
            .answers(list(ref("Check"), "")),
        method("config.show", "tells the configuration as it holds")
            .answers(
                object("")
                    .has("file", text("its path; it need not exist"))
                    .has("values", list(ref("Setting"), ""))
                    .done()));
  }
}
