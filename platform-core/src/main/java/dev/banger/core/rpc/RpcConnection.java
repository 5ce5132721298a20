package dev.banger.core.rpc;

import dev.banger.client.Json;
import dev.banger.client.LineInput;
import dev.banger.client.MalformedJsonException;
import dev.banger.core.model.BangerException;
import dev.banger.core.model.ErrorKind;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.util.function.Function;
import java.util.logging.Level;
import java.util.logging.Logger;

/** Serves one connection: a request, its answer, the next request. */
final class RpcConnection {
  private static final Logger LOG = Logger.getLogger(RpcConnection.class.getName());
  private static final int MAX_REQUEST = 1024 * 1024;

  private final HangupWatch watch;
  private final Leases leases;
  private final LineInput in;
  private final OutputStream out;
  private final Function<String, RpcMethod> methods;

  /**
   * @param leases gets what the client takes on lease
   */
  RpcConnection(SocketChannel peer, Function<String, RpcMethod> methods, Leases leases) {
    this.leases = leases;
    this.watch = new HangupWatch(Channels.newInputStream(peer));
    this.in = new LineInput(watch, MAX_REQUEST);
    this.out = Channels.newOutputStream(peer);
    this.methods = methods;
  }

  void run() throws IOException {
    while (true) {
      Json request;
      try {
        request = in.readJsonLine();
      } catch (MalformedJsonException e) {
        RpcCall.writeLine(out, Errors.response(Json.NULL, Errors.PARSE, e.getMessage(), Json.NULL));
        return;
      }
      if (request == null || !answer(request)) {
        return;
      }
    }
  }

  /** Whether the connection can take another request. */
  private boolean answer(Json request) throws IOException {
    Json id = request.get("id");
    String name = request.text("method");
    if (!request.isObject() || name.isEmpty()) {
      RpcCall.writeLine(
          out, Errors.response(id, Errors.INVALID_REQUEST, "not a JSON-RPC request", Json.NULL));
      return true;
    }
    RpcMethod method = methods.apply(name);
    if (method == null) {
      RpcCall.writeLine(
          out,
          Errors.response(
              id, Errors.UNKNOWN_METHOD, "no method \"%s\"".formatted(name), Json.NULL));
      return true;
    }
    RpcCall call = new RpcCall(id, request.get("params"), in, out, watch, leases);
    Json response = serve(method, call, id, name);
    if (call.isUpgraded()) {
      return false;
    }
    try {
      RpcCall.writeLine(out, response);
    } finally {
      call.answered();
    }
    return !call.isLast();
  }

  private static Json serve(RpcMethod method, RpcCall call, Json id, String name)
      throws IOException {
    try {
      ParameterNames.check(name, call.params().json());
      Json result = method.call(call);
      return Json.build().put("jsonrpc", "2.0").put("id", id).put("result", result).done();
    } catch (BangerException e) {
      int code = e.kind() == ErrorKind.USAGE ? Errors.INVALID_PARAMS : Errors.FAILED;
      return Errors.response(id, code, e.getMessage(), Errors.data(e).done());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Errors.response(id, Errors.FAILED, "the daemon is stopping", Json.NULL);
    } catch (Exception e) {
      if (call.isUpgraded() && e instanceof IOException gone) {
        throw gone;
      }
      LOG.log(Level.WARNING, "method " + name + " failed", e);
      BangerException defect =
          new BangerException(
              ErrorKind.INTERNAL,
              "a defect in banger: " + e,
              "please report it with the daemon's log: banger daemon logs");
      return Errors.response(id, Errors.FAILED, defect.getMessage(), Errors.data(defect).done());
    }
  }
}
