package dev.banger.core.rpc;

import dev.banger.client.Json;
import dev.banger.core.model.BangerException;

/** How failures look on the wire. */
final class Errors {
  static final int PARSE = -32700;
  static final int INVALID_REQUEST = -32600;
  static final int UNKNOWN_METHOD = -32601;
  static final int INVALID_PARAMS = -32602;
  static final int FAILED = -32000;

  private Errors() {}

  static Json.Builder data(BangerException error) {
    return Json.build()
        .put("kind", error.kind().wireName())
        .put("hint", error.hint())
        .put("details", Json.strings(error.details()));
  }

  /** The error as the part of a batch result. */
  static Json inBatch(BangerException error) {
    return data(error).put("message", error.getMessage()).done();
  }

  static Json response(Json id, int code, String message, Json data) {
    Json.Builder error = Json.build().put("code", code).put("message", message);
    if (!data.isNull()) {
      error.put("data", data);
    }
    return Json.build().put("jsonrpc", "2.0").put("id", id).put("error", error.done()).done();
  }
}
