package dev.banger.core.rpc.describe;

import dev.banger.client.Json;
import dev.banger.core.model.ErrorKind;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The declared methods as a document of <a href="https://spec.open-rpc.org">OpenRPC</a> 1.3.2.
 * Beyond it, {@code x-stream} marks methods whose answer turns the connection into a byte stream,
 * {@code x-stages} those that send notifications before it, and {@code x-notifications} lists
 * these.
 */
public final class OpenRpc {
  private static final int USAGE = -32602;
  private static final int FAILED = -32000;

  private OpenRpc() {}

  /**
   * @param protocol what the daemon speaks
   */
  public static Json document(int protocol) {
    return Json.build()
        .put("openrpc", "1.3.2")
        .put(
            "info",
            Json.build()
                .put("title", "banger")
                .put("version", protocol + ".0.0")
                .put(
                    "description",
                    "How clients talk to the banger daemon. The first number of the version is the"
                        + " protocol. Framing, streams and batches: docs/rpc.md.")
                .done())
        .put("servers", Json.array(List.of(server())))
        .put("methods", Json.array(Declared.all().stream().map(OpenRpc::method).toList()))
        .put(
            "components",
            Json.build().put("schemas", SharedSchemas.all()).put("errors", errors()).done())
        .put("x-notifications", Json.array(notifications()))
        .done();
  }

  private static Json server() {
    return Json.build()
        .put("name", "the daemon's socket")
        .put("url", "unix://${socket}")
        .put("summary", "JSON by the line; only for the user whose daemon it is, and root")
        .put(
            "variables",
            Json.build()
                .put(
                    "socket",
                    Json.build()
                        .put("default", "/run/user/1000/banger/d.sock")
                        .put("description", "BANGER_SOCKET says another")
                        .done())
                .done())
        .done();
  }

  private static Json method(MethodDoc doc) {
    Json.Builder method =
        Json.build()
            .put("name", doc.name())
            .put("summary", doc.summary())
            .put("tags", Json.array(List.of(Json.build().put("name", doc.group()).done())))
            .put("paramStructure", "by-name")
            .put("params", Json.array(doc.parameters().stream().map(OpenRpc::parameter).toList()))
            .put("result", Json.build().put("name", "result").put("schema", doc.result()).done())
            .put("errors", Json.array(errors(doc)));
    if (doc.isStream()) {
      method.put("x-stream", true);
    }
    if (doc.sendsStages()) {
      method.put("x-stages", true);
    }
    if (doc.example() != null) {
      method.put("examples", Json.array(List.of(example(doc))));
    }
    return method.done();
  }

  private static Json parameter(MethodDoc.Parameter parameter) {
    return Json.build()
        .put("name", parameter.name())
        .put("required", parameter.isRequired())
        .put("schema", parameter.schema())
        .done();
  }

  private static List<Json> errors(MethodDoc doc) {
    List<Json> errors = new ArrayList<>();
    for (ErrorKind kind : ErrorKind.values()) {
      if (kind == ErrorKind.USAGE || kind == ErrorKind.INTERNAL || doc.errors().contains(kind)) {
        errors.add(Json.build().put("$ref", "#/components/errors/" + kind.wireName()).done());
      }
    }
    return errors;
  }

  private static Json example(MethodDoc doc) {
    List<Json> parameters = new ArrayList<>();
    doc.example()
        .parameters()
        .fields()
        .forEach(
            (name, value) ->
                parameters.add(Json.build().put("name", name).put("value", value).done()));
    return Json.build()
        .put("name", doc.name())
        .put("params", Json.array(parameters))
        .put(
            "result",
            Json.build().put("name", "result").put("value", doc.example().result()).done())
        .done();
  }

  private static Json errors() {
    Json.Builder errors = Json.build();
    Arrays.stream(ErrorKind.values())
        .forEach(
            kind ->
                errors.put(
                    kind.wireName(),
                    Json.build()
                        .put("code", kind == ErrorKind.USAGE ? USAGE : FAILED)
                        .put("message", meaning(kind))
                        .put("data", Json.build().put("kind", kind.wireName()).done())
                        .done()));
    return errors.done();
  }

  private static String meaning(ErrorKind kind) {
    return switch (kind) {
      case USAGE -> "a parameter is missing, unknown or of the wrong type";
      case INVALID -> "a value is out of its range or malformed";
      case NOT_FOUND -> "nothing of that name exists";
      case AMBIGUOUS -> "a reference matches several things";
      case CONFLICT -> "something of that name, or a competing request, is already there";
      case ILLEGAL_STATE -> "the VM's state does not allow the request";
      case UNAVAILABLE -> "something that is needed is missing or off on this host";
      case TIMEOUT -> "a deadline passed";
      case GUEST -> "the guest failed or answered nonsense";
      case HOST -> "a tool or the file system of the host failed";
      case INTERNAL -> "a defect in banger";
    };
  }

  private static List<Json> notifications() {
    return List.of(
        notification("stage", "a step of the operation that was asked for", Schemas.ref("Stage")),
        notification(
            "warning",
            "what the user should know and what does not keep the request from being served",
            Schemas.object("").has("message", Schemas.text("one sentence")).done()),
        notification(
            "targets",
            "of a request on several VMs: whom it is about, before anything else",
            Schemas.object("")
                .has(
                    "targets",
                    Schemas.list(
                        Schemas.object("")
                            .has("ref", Schemas.text("as it was given, or the VM's name"))
                            .has("vm", Schemas.text("its name"))
                            .may("op", Schemas.text("the operation"))
                            .done(),
                        ""))
                .done()),
        notification(
            "result",
            "of a request on several VMs: one entry of its results, as soon as it is known",
            Schemas.open("as in results")),
        notification(
            "row",
            "of plugin.call, for a command of mode live",
            Schemas.object("").has("row", Schemas.open("as its columns say")).done()),
        notification(
            "failure",
            "of plugin.call: what the command could not do while it did the rest",
            Schemas.ref("Error")));
  }

  private static Json notification(String name, String summary, Json params) {
    return Json.build().put("name", name).put("summary", summary).put("params", params).done();
  }
}
