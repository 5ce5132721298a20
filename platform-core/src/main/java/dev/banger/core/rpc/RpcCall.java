package dev.banger.core.rpc;

import dev.banger.client.Json;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/** One request while it is served. Notifications may come from any thread. */
public final class RpcCall {
  private final Json id;
  private final Params params;
  private final InputStream in;
  private final OutputStream out;
  private final HangupWatch watch;
  private final Leases leases;
  private boolean upgraded;
  private boolean clientGone;
  private boolean last;
  private Runnable afterAnswer = () -> {};

  RpcCall(
      Json id, Json params, InputStream in, OutputStream out, HangupWatch watch, Leases leases) {
    this.id = id;
    this.params = new Params(params);
    this.in = in;
    this.out = out;
    this.watch = watch;
    this.leases = leases;
  }

  public Params params() {
    return params;
  }

  /**
   * Tells the client something before the answer. A client that is gone is not an error: the
   * request goes on without it.
   */
  public synchronized void notify(String method, Json what) {
    if (clientGone || upgraded) {
      return;
    }
    try {
      writeLine(
          out, Json.build().put("jsonrpc", "2.0").put("method", method).put("params", what).done());
    } catch (IOException e) {
      clientGone = true;
    }
  }

  /**
   * Runs {@code action} when the client hangs up while the request is served.
   *
   * @return to be run when that is no longer of interest
   */
  Runnable onHangup(Runnable action) {
    return watch.onHangup(action);
  }

  /**
   * Has {@code takeBack} run when the connection ends, unless the daemon ends it or {@link
   * #endLease} was called before.
   */
  void lease(String what, Runnable takeBack) {
    leases.add(what, takeBack);
  }

  /**
   * @return whether this connection had that lease
   */
  boolean endLease(String what) {
    return leases.remove(what);
  }

  public void warning(String message) {
    notify("warning", Json.build().put("message", message).done());
  }

  /** Answers now, and makes the connection a byte stream. */
  public synchronized StreamEnds upgrade() throws IOException {
    writeLine(
        out,
        Json.build()
            .put("jsonrpc", "2.0")
            .put("id", id)
            .put("result", Json.build().put("stream", true).done())
            .done());
    upgraded = true;
    return new StreamEnds(in, out);
  }

  /** Something to do once the answer is on its way, for what would keep it from being sent. */
  synchronized void afterAnswer(Runnable action) {
    afterAnswer = action;
  }

  /** Ends the connection after the answer: what was sent behind this request is not served. */
  synchronized void endConnection() {
    last = true;
  }

  synchronized boolean isLast() {
    return last;
  }

  synchronized void answered() {
    afterAnswer.run();
  }

  synchronized boolean isUpgraded() {
    return upgraded;
  }

  static void writeLine(OutputStream out, Json line) throws IOException {
    byte[] bytes = line.toBytes();
    byte[] terminated = java.util.Arrays.copyOf(bytes, bytes.length + 1);
    terminated[bytes.length] = '\n';
    out.write(terminated);
    out.flush();
  }
}
